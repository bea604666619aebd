import type { AdmissionLimit, EndReason } from '../../shared/contracts/queue.ts';
import type { RecordMinute } from '../../shared/contracts/record.ts';

/** What a signed queue token says of an entry, as the scripts take it. */
export interface EntryClaims {
  userId: string;
  /** 0 for a registration that is not drawn yet. */
  number: number;
  /** Of a registration for a draw. */
  index?: number | undefined;
  epoch: number;
  /** Of an active token; empty for a waiting one. */
  jti: string;
  /** Its end in Unix ms; 0 for a waiting one. */
  tokenEnd: number;
}

/** What a process remembers of a room: all of it that can be had after Redis has lost it. */
export interface KnownLine extends Partial<Registration> {
  epoch: number;
  front: number;
  tail: number;
  /** READY and ACTIVE, and those kept free since an earlier loss. */
  slots: number;
  /** The last number before each that was passed over at a loss (`parts/gaps.lua`). */
  gaps?: readonly number[];
  /** Whose token may still be shown though the entry has ended. */
  ended?: readonly EndedEntry[];
}

/** `mended`: Redis was not the one it was. `older`: a policy read before the one that is there. */
export type Configured = 'made' | 'mended' | 'changed' | 'same' | 'older';

/** What joining gave to one account. */
export type JoinedPlace =
  | { word: 'closed' | 'sold-out' | 'full' | 'none' }
  /** `leaf` is empty when it was lost. */
  | { word: 'REGISTERED'; isNew: boolean; index: number; leaf: string }
  | { word: 'WAITING'; isNew: boolean; number: number }
  | { word: 'LATE'; isNew: boolean; number: number; ahead: number }
  | { word: 'READY'; isNew: boolean; number: number; claimEndMs: number; canExtend: boolean }
  | { word: 'ACTIVE'; isNew: boolean; number: number; token: string };

/** What joining gave to each account that was asked for, in that order. */
export interface JoinReply extends Moment, Registration {
  epoch: number;
  places: JoinedPlace[];
}

/** How far registration has come. */
export interface Registration {
  /** Registration indexes that were given. */
  registered: number;
  /** The chain over their receipts: 40 hexadecimal digits, or empty. */
  chain: string;
}

/** Who takes part in a draw, fixed by Redis at the opening. */
export interface ClosedRegistration {
  registered: number;
  base: number;
  digest: string;
}

interface Moment {
  /** Time of Redis. */
  nowMs: number;
  front: number;
  tail: number;
}

/** Where an entry stands. */
export type PlaceNow = Moment &
  (
    | { word: 'WAITING' }
    /** The turn has passed; in the lane of those who return, behind so many. */
    | { word: 'LATE'; ahead: number }
    | { word: 'READY'; claimEndMs: number; canExtend: boolean }
    | { word: 'ACTIVE'; tokenEndMs: number }
    | { word: 'ENDED'; reason: EndReason }
  );

/** What Redis keeps of one number, whoever holds it. */
export interface EntryFacts {
  isActive: boolean;
  leaseEndMs: number | undefined;
  reason: EndReason | undefined;
  /** While waiting. */
  hasLeft: boolean;
  isReturning: boolean;
}

/** What came of taking the turn. */
export type Activation =
  | { word: 'ACTIVE'; token: string }
  | { word: 'RENEW'; jti: string; untilMs: number }
  | { word: 'WAITING' | 'LATE' }
  | { word: 'ENDED'; reason: EndReason };

/** A room at one moment, as the leader reads it once a tick. */
export interface RoomReading extends Moment, Registration {
  epoch: number;
  /** READY and ACTIVE. */
  slots: number;
  /** Ever. */
  admitted: number;
  /** Living people behind the front. */
  living: number;
  /** Seats that can be sold; `null` while not known. */
  sellable: number | null;
  soldOut: boolean;
  /** `tick.lua`; empty when none was asked for. */
  census: string;
  /** What keeps more people from being let in; `none` when nobody waits. */
  limit: AdmissionLimit;
  /** From the opening of a draw on. */
  closed: ClosedRegistration | undefined;
  /** What people do inside; `undefined` before enough have been there. */
  habits: Habits | undefined;
  /** People inside who hold a seat. */
  holding: number;
  /** Slots kept free for those who were inside when Redis lost its memory. */
  kept: number;
  /** Minutes of the record that are not with the core yet. */
  minutesKept: number;
}

/** What was measured over the last visits; shares are 0 … 1. */
export interface Habits {
  noShow: number;
  conversion: number;
  seatsPerVisit: number;
}

/** What Redis has recorded and the core has not, oldest first. */
export interface CountedMinutes {
  closed: RecordMinute[];
  /** The one that still counts, when something has happened in it. */
  running: RecordMinute | undefined;
}

export interface EndedEntry {
  number: number;
  reason: EndReason;
  /** Until when somebody may still show a token of it. */
  untilMs: number;
}

export interface RoomSnapshot extends Moment, Registration {
  epoch: number;
  /** JSON of the setting that is in force. */
  setting: string;
  /** What the leader published last, or empty. */
  document: string;
  gaps: number[];
  ended: EndedEntry[];
}

/** What a core event means to an entry. */
export interface CoreChange {
  eventId: string;
  what: 'held' | 'paid' | 'released';
  number: number;
  userId: string;
  /** `held`: end of the hold in Unix ms; else the holds that are left. */
  value: number;
  /** How many seats it is about. */
  seats: number;
}
