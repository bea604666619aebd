import type { EntryWithToken } from '../../shared/contracts/queue.ts';
import { Problem } from '../../shared/problems.ts';
import type { RoomDirectory } from '../rooms/room-directory.ts';
import type { RoomMemory } from '../rooms/room-memory.ts';
import type { Receipts } from '../tokens/receipts.ts';
import type { WaitingTokens } from '../tokens/waiting-token.ts';
import type { EntryAnswers } from './entry-answers.ts';
import type { JoinBatcher } from './join-batcher.ts';
import { joinsAtMs, waitingLifeMs, wholeSecondMs } from './queue-rules.ts';
import type { QueueStore } from './queue-store.ts';
import type { EntryClaims, JoinedPlace } from './queue-types.ts';
import type { ActiveEntry, TurnService } from './turn-service.ts';

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
  turns: TurnService;
  tokens: WaitingTokens;
  receipts: Receipts;
  answers: EntryAnswers;
  /** Unix time in ms. */
  now: () => number;
}

type Refused = Extract<JoinedPlace, { word: 'closed' | 'sold-out' | 'full' | 'none' }>;
type Taken = Exclude<JoinedPlace, Refused>;

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

type WithoutReceipt = Omit<EntryWithToken, 'receipt'>;

/** What was given, as the entry that its token stands for. */
type Given = Exclude<Taken, { word: 'REGISTERED' }>;
type Registered = Extract<Taken, { word: 'REGISTERED' }>;

export function createJoinService(deps: JoinServiceDeps): JoinService {
  const { store, rooms, joins, turns, tokens, receipts, answers, now } = deps;

  function signWaiting(room: RoomMemory, claims: Pick<EntryClaims, 'userId' | 'number' | 'index'>) {
    const issuedAtMs = wholeSecondMs(now());
    const expiresAtMs = issuedAtMs + wholeSecondMs(waitingLifeMs(room.setting, issuedAtMs));
    const token = tokens.sign({
      userId: claims.userId,
      roomId: room.id,
      queueId: claims.number === 0 ? null : String(claims.number),
      registrationIndex: claims.index,
      epoch: room.epoch,
      issuedAtMs,
      expiresAtMs,
    });
    return { token, expiresAtMs };
  }

  /** Who is let in at once is inside with the first answer. */
  async function toEntry(
    room: RoomMemory,
    place: Given,
    claims: EntryClaims,
  ): Promise<WithoutReceipt> {
    const { number, index } = claims;
    const inside = ({ token, expiresAt }: ActiveEntry): WithoutReceipt => {
      const endMs = Date.parse(expiresAt);
      return { token, ...answers.inside(room, number, { status: 'ACTIVE', endMs }) };
    };
    if (place.word === 'ACTIVE')
      return inside(
        place.token === '' ? await turns.activate(room.id, claims) : turns.toActive(place.token),
      );
    if (place.word === 'READY' && place.isNew) return inside(await turns.activate(room.id, claims));
    const { token, expiresAtMs } = signWaiting(room, claims);
    const facts = { expiresAtMs, registrationIndex: index };
    if (place.word === 'WAITING') return { token, ...answers.waiting(room, number, facts) };
    if (place.word === 'LATE')
      return { token, ...answers.late(room, number, { ...place, expiresAtMs }) };
    const ready = { status: 'READY', endMs: place.claimEndMs } as const;
    return { token, ...answers.inside(room, number, ready) };
  }

  function toRegistered(room: RoomMemory, { index }: Registered, userId: string): WithoutReceipt {
    const { token, expiresAtMs } = signWaiting(room, { userId, number: 0, index });
    return { token, ...answers.registered(room, index, expiresAtMs) };
  }

  /** Where the number that a registration was drawn stands; nothing when its turn came and went. */
  async function drawnPlace(room: RoomMemory, claims: EntryClaims): Promise<Given | undefined> {
    const place = await store.status(room.id, claims);
    const base = { isNew: false, number: claims.number };
    if (place.word === 'ENDED') return undefined;
    return place.word === 'ACTIVE' ? { ...base, ...place, token: '' } : { ...base, ...place };
  }

  /** What was given, signed. */
  async function confirmed(
    room: RoomMemory,
    claims: EntryClaims,
    { isNew, entry, leaf }: { isNew: boolean; entry: WithoutReceipt; leaf?: string },
  ): Promise<Joined> {
    const receipt = await receipts.issue({
      sub: claims.userId,
      room: room.id,
      epoch: claims.epoch,
      policyVersion: room.setting.version,
      queueId: claims.number === 0 ? undefined : String(claims.number),
      registrationIndex: claims.index,
      leaf: leaf === '' ? undefined : leaf,
    });
    return { isNew, entry: { ...entry, receipt } };
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
      const entry = await toEntry(room, place, claims);
      return confirmed(room, claims, { isNew: place.isNew, entry });
    }
    const { isNew, index, leaf } = place;
    const claims = { ...base, number: room.drawnNumber(index), index };
    if (claims.number === 0)
      return confirmed(room, claims, { isNew, leaf, entry: toRegistered(room, place, userId) });
    const given = await drawnPlace(room, claims);
    if (given)
      return confirmed(room, claims, { isNew, leaf, entry: await toEntry(room, given, claims) });
    // It is over, and Redis knows it under its number now: who joins again stands at the end.
    if (isAgain) throw new Problem('unavailable');
    return join(userId, roomId, { asked, isAgain: true });
  }

  return {
    join: (userId, roomId) => join(userId, roomId),
    find: (userId, roomId) => join(userId, roomId, { asked: knownOnly(userId) }),
  };
}
