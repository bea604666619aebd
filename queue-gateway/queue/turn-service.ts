import { Problem } from '../../shared/problems.ts';
import type { RoomDirectory } from '../rooms/room-directory.ts';
import type { RoomMemory } from '../rooms/room-memory.ts';
import type { ActiveTokens } from '../tokens/active-token.ts';
import { type EntryAnswers, isoOf } from './entry-answers.ts';
import { wholeSecondMs } from './queue-rules.ts';
import type { QueueStore } from './queue-store.ts';
import type { EntryClaims } from './queue-types.ts';

export interface ActiveEntry {
  token: string;
  status: 'ACTIVE';
  expiresAt: string;
}

/** Taking a turn: from READY to ACTIVE. */
export interface TurnService {
  /** @throws Problem `not-your-turn`, `turn-missed`, `queue-token-ended`. */
  activate(roomId: string, claims: EntryClaims): Promise<ActiveEntry>;
  /** An active token that Redis kept, as an answer. */
  toActive(token: string): ActiveEntry;
}

export interface TurnServiceDeps {
  store: QueueStore;
  rooms: RoomDirectory;
  tokens: ActiveTokens;
  answers: EntryAnswers;
  /** Unix time in ms. */
  now: () => number;
  newJti: () => string;
}

/** A token is signed before it is known whether it is the one that counts. */
const maxSignings = 3;

export function createTurnService(deps: TurnServiceDeps): TurnService {
  const { store, rooms, tokens, answers, now, newJti } = deps;

  /** The first token that reaches Redis counts; after a hold a later one for the same `jti`. */
  async function take(room: RoomMemory, claims: EntryClaims) {
    const issuedAtMs = wholeSecondMs(now());
    const base = {
      userId: claims.userId,
      roomId: room.id,
      queueId: String(claims.number),
      epoch: claims.epoch,
      issuedAtMs,
    };
    let jti = newJti();
    let expiresAtMs = issuedAtMs + room.setting.activeSeconds * 1_000;
    for (let signing = 0; signing < maxSignings; signing += 1) {
      const token = tokens.sign({ ...base, jti, expiresAtMs });
      const proposed = { jti, token, tokenEndMs: expiresAtMs };
      const answer = await store.activate(room.id, claims, proposed);
      if (answer.word !== 'RENEW') return answer;
      jti = answer.jti;
      expiresAtMs = wholeSecondMs(answer.untilMs);
    }
    throw new Problem('unavailable');
  }

  const toActive = (kept: string): ActiveEntry => {
    const { token, claims } = tokens.restore(kept);
    return { token, status: 'ACTIVE', expiresAt: isoOf(claims.expiresAtMs) };
  };

  return {
    toActive,
    activate: (roomId, claims) =>
      rooms.within(roomId, async (room) => {
        const answer = await take(room, claims);
        if (answer.word === 'ACTIVE') return toActive(answer.token);
        if (answer.word !== 'ENDED') {
          const { position, pollMs } = answers.facts(room, claims.number);
          throw new Problem('not-your-turn', { extra: { position, pollAfterMs: pollMs } });
        }
        if (answer.reason === 'missed') throw new Problem('turn-missed');
        throw new Problem('queue-token-ended', { extra: { reason: answer.reason } });
      }),
  };
}
