import type { Checker } from '../history.ts';
import { everySaleIsTold } from './event-checkers.ts';
import {
  answersInTime,
  nothingIsInternal,
  returnsKeepTheirShare,
  salesComeBack,
  seatsWithinLimit,
  turnsWithinRate,
} from './limit-checkers.ts';
import {
  nobodyIntrudes,
  nobodyIsOvertaken,
  numbersAreUnique,
  oneAdmissionPerEntry,
  slotsComeBack,
  slotsWithinPolicy,
} from './line-checkers.ts';
import { ledgersAddUp, ledgersMatchHistory, readsAreConserved } from './point-checkers.ts';
import {
  acksAreDurable,
  nothingIsStuck,
  oneEffectPerKey,
  oneOwnerPerSeat,
  paidInTime,
  refusalsLeaveNothing,
  salesAddUp,
  worksAgain,
} from './sale-checkers.ts';

/** Every promise that a run with faults is held to. */
export const checkers = {
  oneOwnerPerSeat,
  salesAddUp,
  paidInTime,
  acksAreDurable,
  refusalsLeaveNothing,
  oneEffectPerKey,
  nothingIsStuck,
  worksAgain,
  readsAreConserved,
  ledgersAddUp,
  ledgersMatchHistory,
  numbersAreUnique,
  oneAdmissionPerEntry,
  slotsWithinPolicy,
  nobodyIsOvertaken,
  nobodyIntrudes,
  slotsComeBack,
  turnsWithinRate,
  returnsKeepTheirShare,
  seatsWithinLimit,
  everySaleIsTold,
  answersInTime,
  nothingIsInternal,
  salesComeBack,
} satisfies Record<string, Checker>;
export type CheckerName = keyof typeof checkers;
