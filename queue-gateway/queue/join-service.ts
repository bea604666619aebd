import type { EntryWithToken } from '../../shared/contracts/queue.ts';
import { Problem } from '../../shared/problems.ts';
import type { RoomDirectory } from '../rooms/room-directory.ts';
import type { RoomMemory } from '../rooms/room-memory.ts';
import type { WaitingTokens } from '../tokens/waiting-token.ts';
import type { EntryAnswers } from './entry-answers.ts';
import type { JoinBatcher } from './join-batcher.ts';
import { joinsAtMs, wholeSecondMs } from './queue-rules.ts';
import type { JoinedPlace } from './queue-types.ts';
import type { ActiveEntry, TurnService } from './turn-service.ts';

/** Coming into a room. */
export interface JoinService {
  /** @throws Problem `not-found`, `room-closed`, `room-full`. */
  join(userId: string, roomId: string): Promise<{ isNew: boolean; entry: EntryWithToken }>;
}

export interface JoinServiceDeps {
  rooms: RoomDirectory;
  joins: JoinBatcher;
  turns: TurnService;
  tokens: WaitingTokens;
  answers: EntryAnswers;
  /** Unix time in ms. */
  now: () => number;
}

type Refused = Extract<JoinedPlace, { word: 'closed' | 'sold-out' | 'full' }>;
type Taken = Exclude<JoinedPlace, Refused>;

const waitingLifeMs = 24 * 3_600_000;
const closedRetrySeconds = 30;

function refusal({ word }: Refused, room: RoomMemory, nowMs: number): Problem {
  if (word === 'full') return new Problem('room-full', { retryAfterSeconds: closedRetrySeconds });
  if (word === 'sold-out') {
    const detail = 'Every seat is sold';
    return new Problem('room-closed', { detail, retryAfterSeconds: closedRetrySeconds });
  }
  const waitMs = joinsAtMs(room.setting) - nowMs;
  if (waitMs <= 0) return new Problem('room-closed', { retryAfterSeconds: closedRetrySeconds });
  return new Problem('room-closed', {
    detail: 'The waiting room is not open yet',
    retryAfterSeconds: Math.ceil(waitMs / 1_000),
  });
}

export function createJoinService(deps: JoinServiceDeps): JoinService {
  const { rooms, joins, turns, tokens, answers, now } = deps;

  /** Who is let in at once is inside with the first answer. */
  async function toEntry(room: RoomMemory, place: Taken, userId: string): Promise<EntryWithToken> {
    const { number } = place;
    const inside = ({ token, expiresAt }: ActiveEntry): EntryWithToken => {
      const endMs = Date.parse(expiresAt);
      return { token, ...answers.inside(room, number, { status: 'ACTIVE', endMs }) };
    };
    if (place.word === 'ACTIVE') return inside(turns.toActive(place.token));
    const { epoch } = room;
    if (place.word === 'READY' && place.isNew)
      return inside(await turns.activate(room.id, { userId, number, epoch, jti: '', tokenEnd: 0 }));
    const issuedAtMs = wholeSecondMs(now());
    const expiresAtMs = issuedAtMs + waitingLifeMs;
    const queueId = String(number);
    const claims = { userId, roomId: room.id, queueId, epoch, issuedAtMs, expiresAtMs };
    const token = tokens.sign(claims);
    if (place.word === 'WAITING') return { token, ...answers.waiting(room, number, expiresAtMs) };
    if (place.word === 'LATE')
      return { token, ...answers.late(room, number, { ...place, expiresAtMs }) };
    const ready = { status: 'READY', endMs: place.claimEndMs } as const;
    return { token, ...answers.inside(room, number, ready) };
  }

  return {
    async join(userId, roomId) {
      const place = await joins.join(roomId, userId);
      const room = await rooms.ensure(roomId);
      if (!('number' in place)) throw refusal(place, room, now());
      return { isNew: place.isNew, entry: await toEntry(room, place, userId) };
    },
  };
}
