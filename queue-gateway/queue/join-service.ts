import type { EntryWithToken } from '../../shared/contracts/queue.ts';
import { Problem } from '../../shared/problems.ts';
import type { RoomDirectory } from '../rooms/room-directory.ts';
import type { RoomMemory } from '../rooms/room-memory.ts';
import type { Given, GivenEntries, Unconfirmed } from './given-entries.ts';
import type { JoinBatcher } from './join-batcher.ts';
import { joinsAtMs } from './queue-rules.ts';
import type { QueueStore } from './queue-store.ts';
import type { EntryClaims, JoinedPlace } from './queue-types.ts';

export interface Joined {
  isNew: boolean;
  entry: EntryWithToken;
}

/** Coming into a room. */
export interface JoinService {
  /** @throws Problem `not-found`, `room-closed`, `room-full`. */
  join(userId: string, roomId: string): Promise<Joined>;
  /** The place the account has. @throws Problem `challenge-required` when it has none. */
  find(userId: string, roomId: string): Promise<Joined>;
}

/** As `join.lua` reads it. */
const knownOnly = (userId: string): string => `?${userId}`;

export interface JoinServiceDeps {
  store: Pick<QueueStore, 'status'>;
  rooms: RoomDirectory;
  joins: JoinBatcher;
  given: GivenEntries;
  /** Unix time in ms. */
  now: () => number;
}

type Refused = Extract<JoinedPlace, { word: 'closed' | 'sold-out' | 'full' | 'none' }>;

const closedRetrySeconds = 30;

function refusal({ word }: Refused, room: RoomMemory, nowMs: number): Problem {
  if (word === 'none')
    return new Problem('challenge-required', { extra: { kind: room.setting.challenge } });
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
  const { store, rooms, joins, given, now } = deps;

  /** Where the number that a registration was drawn stands; nothing when its turn came and went. */
  async function drawnPlace(room: RoomMemory, claims: EntryClaims): Promise<Given | undefined> {
    const place = await store.status(room.id, claims);
    const base = { isNew: false, number: claims.number };
    if (place.word === 'ENDED') return undefined;
    return place.word === 'ACTIVE' ? { ...base, ...place, token: '' } : { ...base, ...place };
  }

  /** @param asked what Redis is asked: the account, or only for the place it has. */
  async function join(
    userId: string,
    roomId: string,
    { asked = userId, isAgain = false } = {},
  ): Promise<Joined> {
    const place = await joins.join(roomId, asked);
    const room = await rooms.ensure(roomId);
    if (!('isNew' in place)) throw refusal(place, room, now());
    const { epoch } = room;
    const base = { userId, epoch, jti: '', tokenEnd: 0 };
    if (place.word !== 'REGISTERED') {
      const claims = { ...base, number: place.number };
      const entry = await given.ofPlace(room, place, claims);
      return { isNew: place.isNew, entry: await given.confirm(room, claims, { entry }) };
    }
    const { isNew, index, leaf } = place;
    const claims = { ...base, number: room.drawnNumber(index), index };
    const confirmed = async (entry: Unconfirmed): Promise<Joined> => ({
      isNew,
      entry: await given.confirm(room, claims, { entry, leaf }),
    });
    if (claims.number === 0) return confirmed(given.ofRegistration(room, claims));
    const drawn = await drawnPlace(room, claims);
    if (drawn) return confirmed(await given.ofPlace(room, drawn, claims));
    // It is over, and Redis knows it under its number now: who joins again stands at the end.
    if (isAgain) throw new Problem('unavailable');
    return join(userId, roomId, { asked, isAgain: true });
  }

  return {
    join: (userId, roomId) => join(userId, roomId),
    find: (userId, roomId) => join(userId, roomId, { asked: knownOnly(userId) }),
  };
}
