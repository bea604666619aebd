import type { Entry } from '../../shared/contracts/queue.ts';
import type { RoomMemory } from '../rooms/room-memory.ts';
import { pollPolicy } from '../rooms/room-rules.ts';
import type { PollGuard } from './poll-guard.ts';
import { etaSeconds, insidePollMs, opensAtMs, pollAfterMs } from './queue-rules.ts';

/** Where somebody who waits stands, from memory. */
export interface WaitingFacts {
  position: number;
  ahead: number;
  etaSeconds: number | null;
  pollMs: number;
}

/** What the waiting token of an entry says besides its number. */
export interface TokenFacts {
  expiresAtMs: number;
  registrationIndex?: number | undefined;
}

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
  /** `endMs`: end of the claim window, or of the token. */
  inside(
    room: RoomMemory,
    number: number,
    inside: { status: 'READY' | 'ACTIVE'; endMs: number },
  ): Entry;
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

/** @param options.random 0 … 1. */
export function createEntryAnswers(options: {
  polls: PollGuard;
  random: () => number;
  /** Unix time in ms. */
  now: () => number;
}): EntryAnswers {
  const { polls, random, now } = options;

  function told(room: RoomMemory, entry: number | string, pollMs: number): number {
    polls.told(pollKey(room.id, entry), pollMs);
    return pollMs;
  }

  function facts(room: RoomMemory, number: number): WaitingFacts {
    const ahead = room.ahead(number);
    const open = room.document?.phase === 'OPEN';
    const eta = open ? etaSeconds(ahead, room.speedPerSecond) : null;
    return {
      position: Math.max(0, number - room.front),
      ahead,
      etaSeconds: eta,
      pollMs: pollAfterMs(pollPolicy, eta, random()),
    };
  }

  const pauseBeforeDraw = (room: RoomMemory): number =>
    pollAfterMs(pollPolicy, openingSeconds(room, now()), random());

  return {
    facts,
    pauseBeforeDraw,
    registered(room, index, expiresAtMs) {
      const pollMs = pauseBeforeDraw(room);
      return {
        queueId: null,
        registrationIndex: index,
        status: 'REGISTERED',
        position: null,
        ahead: null,
        etaSeconds: null,
        expiresAt: isoOf(expiresAtMs),
        pollAfterMs: told(room, registrationKey(index), pollMs),
      };
    },
    waiting(room, number, token) {
      const { pollMs, ...shown } = facts(room, number);
      return {
        queueId: String(number),
        ...indexOf(token),
        status: 'WAITING',
        ...shown,
        expiresAt: isoOf(token.expiresAtMs),
        pollAfterMs: told(room, number, pollMs),
      };
    },
    late: (room, number, { ahead, expiresAtMs }) => ({
      queueId: String(number),
      status: 'WAITING',
      position: 0,
      ahead,
      etaSeconds: null,
      expiresAt: isoOf(expiresAtMs),
      pollAfterMs: told(room, number, pollAfterMs(pollPolicy, null, random())),
    }),
    inside: (room, number, { status, endMs }) => ({
      queueId: String(number),
      status,
      position: 0,
      ahead: 0,
      etaSeconds: 0,
      expiresAt: isoOf(endMs),
      pollAfterMs: told(room, number, insidePollMs(status)),
    }),
  };
}
