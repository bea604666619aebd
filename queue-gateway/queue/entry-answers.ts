import { LRUCache } from 'lru-cache';
import type { Entry } from '../../shared/contracts/queue.ts';
import type { RoomMemory } from '../rooms/room-memory.ts';
import { pollPolicy } from '../rooms/room-rules.ts';
import type { PollGuard } from './poll-guard.ts';
import { quantiles, seatChance, tellEta, type ToldEta, waitSeconds } from './odds-rules.ts';
import { insidePollMs, opensAtMs, pollAfterMs } from './queue-rules.ts';

/** Where somebody who waits stands, from memory. */
export interface WaitingFacts {
  position: number;
  ahead: number;
  etaSeconds: number | null;
  etaP90Seconds: number | null;
  seatChance: number | null;
  pollMs: number;
}

/** What the waiting token of an entry says besides its number. */
export interface TokenFacts {
  expiresAtMs: number;
  registrationIndex?: number | undefined;
}

/** `endMs`: end of the claim window, or of the token. */
export type Inside =
  { status: 'READY'; endMs: number; canExtend: boolean } | { status: 'ACTIVE'; endMs: number };

/** What people are told of their entry, and that they are held to the pause they were told. */
export interface EntryAnswers {
  facts(room: RoomMemory, number: number): WaitingFacts;
  waiting(room: RoomMemory, number: number, token: TokenFacts): Entry;
  /** When to ask again before the draw, in ms. */
  pauseBeforeDraw(room: RoomMemory): number;
  /** Before the draw. */
  registered(room: RoomMemory, index: number, expiresAtMs: number): Entry;
  /** Back after the turn had passed, behind so many who are late too. */
  late(room: RoomMemory, number: number, late: { ahead: number; expiresAtMs: number }): Entry;
  inside(room: RoomMemory, number: number, inside: Inside): Entry;
}

export const isoOf = (ms: number): string => new Date(ms).toISOString();

/** The seconds until people are let in; 0 when nobody knows. */
const openingSeconds = ({ setting }: RoomMemory, nowMs: number): number =>
  Math.max(0, (opensAtMs(setting) - nowMs) / 1_000);

const indexOf = ({ registrationIndex }: TokenFacts) =>
  registrationIndex === undefined ? {} : { registrationIndex };

export const pollKey = (roomId: string, entry: number | string): string => `${roomId}:${entry}`;

/** As whose pace a registration is held to before the draw. */
export const registrationKey = (index: number): string => `r${index}`;

/** What nobody can say of a place that is not in the line. */
const unknownOdds = { etaSeconds: null, etaP90Seconds: null, etaReason: null, seatChance: null };

/** Where somebody stands, and how long it takes by what was measured. */
function placeFacts(room: RoomMemory, number: number): Omit<WaitingFacts, 'pollMs'> {
  const ahead = room.ahead(number);
  const { speedPerSecond, spread, demand } = room;
  const open = room.document?.phase === 'OPEN';
  const pace = open && speedPerSecond ? { perSecond: speedPerSecond, spread } : undefined;
  return {
    position: Math.max(0, number - room.front),
    ahead,
    etaSeconds: pace ? waitSeconds(ahead, pace, quantiles.p50) : null,
    etaP90Seconds: pace ? waitSeconds(ahead, pace, quantiles.p90) : null,
    seatChance: demand ? seatChance(ahead, demand) : null,
  };
}

const beforeDraw = (index: number) => ({
  ...unknownOdds,
  queueId: null,
  registrationIndex: index,
  status: 'REGISTERED' as const,
  position: null,
  ahead: null,
});

const turnCame = ({ demand }: RoomMemory, number: number) => ({
  queueId: String(number),
  position: 0,
  ahead: 0,
  etaSeconds: 0,
  etaP90Seconds: 0,
  etaReason: null,
  seatChance: demand ? seatChance(0, demand) : null,
});

/** About 100 bytes each. */
const maxTold = 200_000;

/** What people were told, so that an ETA does not come out later without a word. */
function createEtaMemory() {
  const remembered = new LRUCache<string, ToldEta>({ max: maxTold });
  return (room: RoomMemory, number: number, etaSeconds: number | null) => {
    const key = pollKey(room.id, number);
    const { phase = 'OPEN', limit = 'none' } = room.document ?? {};
    const perSecond = room.speedPerSecond ?? 0;
    const { told, ...shown } = tellEta(remembered.get(key), {
      etaSeconds,
      perSecond,
      phase,
      limit,
    });
    if (told) remembered.set(key, told);
    return shown;
  };
}

/** @param options.random 0 … 1. */
export function createEntryAnswers(options: {
  polls: PollGuard;
  random: () => number;
  /** Unix time in ms. */
  now: () => number;
}): EntryAnswers {
  const { polls, random, now } = options;
  const tell = createEtaMemory();

  function paced(room: RoomMemory, entry: number | string, pollMs: number): number {
    polls.told(pollKey(room.id, entry), pollMs);
    return pollMs;
  }

  const pauseFor = (etaSeconds: number | null): number =>
    pollAfterMs(pollPolicy, etaSeconds, random());

  const pauseBeforeDraw = (room: RoomMemory): number => pauseFor(openingSeconds(room, now()));

  function waiting(room: RoomMemory, number: number, token: TokenFacts): Entry {
    const place = placeFacts(room, number);
    const { etaSeconds, etaReason } = tell(room, number, place.etaSeconds);
    const { etaP90Seconds: p90 } = place;
    return {
      queueId: String(number),
      ...indexOf(token),
      status: 'WAITING',
      ...place,
      etaSeconds,
      etaP90Seconds: p90 === null ? null : Math.max(p90, etaSeconds ?? 0),
      etaReason,
      expiresAt: isoOf(token.expiresAtMs),
      pollAfterMs: paced(room, number, pauseFor(etaSeconds)),
    };
  }

  return {
    facts(room, number) {
      const place = placeFacts(room, number);
      return { ...place, pollMs: pauseFor(place.etaSeconds) };
    },
    pauseBeforeDraw,
    waiting,
    registered: (room, index, expiresAtMs) => ({
      ...beforeDraw(index),
      expiresAt: isoOf(expiresAtMs),
      pollAfterMs: paced(room, registrationKey(index), pauseBeforeDraw(room)),
    }),
    late: (room, number, { ahead, expiresAtMs }) => ({
      ...unknownOdds,
      queueId: String(number),
      status: 'WAITING',
      position: 0,
      ahead,
      expiresAt: isoOf(expiresAtMs),
      pollAfterMs: paced(room, number, pauseFor(null)),
    }),
    inside: (room, number, { endMs, ...inside }) => ({
      ...turnCame(room, number),
      ...inside,
      expiresAt: isoOf(endMs),
      pollAfterMs: paced(room, number, insidePollMs(inside.status)),
    }),
  };
}
