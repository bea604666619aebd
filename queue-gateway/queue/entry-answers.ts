import type { Entry } from '../../shared/contracts/queue.ts';
import type { RoomMemory } from '../rooms/room-memory.ts';
import { pollPolicy } from '../rooms/room-rules.ts';
import type { PollGuard } from './poll-guard.ts';
import { etaSeconds, insidePollMs, pollAfterMs } from './queue-rules.ts';

/** Where somebody who waits stands, from memory. */
export interface WaitingFacts {
  position: number;
  ahead: number;
  etaSeconds: number | null;
  pollMs: number;
}

/** What people are told of their entry, and that they are held to the pause they were told. */
export interface EntryAnswers {
  facts(room: RoomMemory, number: number): WaitingFacts;
  waiting(room: RoomMemory, number: number, expiresAtMs: number): Entry;
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

export const pollKey = (roomId: string, number: number): string => `${roomId}:${number}`;

/** @param options.random 0 … 1. */
export function createEntryAnswers(options: {
  polls: PollGuard;
  random: () => number;
}): EntryAnswers {
  const { polls, random } = options;

  function told(room: RoomMemory, number: number, pollMs: number): number {
    polls.told(pollKey(room.id, number), pollMs);
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

  return {
    facts,
    waiting(room, number, expiresAtMs) {
      const { pollMs, ...shown } = facts(room, number);
      return {
        queueId: String(number),
        status: 'WAITING',
        ...shown,
        expiresAt: isoOf(expiresAtMs),
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
