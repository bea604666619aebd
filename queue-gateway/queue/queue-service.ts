import type { ChallengeOffer } from '../../shared/contracts/challenges.ts';
import type { CoreEvent } from '../../shared/contracts/internal.ts';
import type { EndReason, Entry, EntryWithToken } from '../../shared/contracts/queue.ts';
import { Problem } from '../../shared/problems.ts';
import type { RoomDirectory } from '../rooms/room-directory.ts';
import type { RoomMemory } from '../rooms/room-memory.ts';
import type { Ticker } from '../rooms/ticker.ts';
import type { ActiveClaims } from '../tokens/active-token.ts';
import type { QueueClaims } from '../tokens/queue-tokens.ts';
import type { WaitingClaims } from '../tokens/waiting-token.ts';
import { changesSeats, toChange } from './core-event-rules.ts';
import { type EntryAnswers, pollKey, registrationKey } from './entry-answers.ts';
import type { Comer } from '../challenges/challenge-service.ts';
import type { TollService } from '../challenges/toll-service.ts';
import type { LifeBuffer } from './life-buffer.ts';
import type { PollGuard } from './poll-guard.ts';
import { insidePollMs } from './queue-rules.ts';
import type { QueueStore } from './queue-store.ts';
import type { CoreChange, EntryClaims } from './queue-types.ts';
import type { ActiveEntry, TurnService } from './turn-service.ts';

type Summary = { position: number | null; pollAfterMs: number };

/** The line as its callers see it. Every call can throw Problem `not-found` and `unavailable`. */
export interface QueueService {
  /** What a new place in a room costs this account. */
  challenge(userId: string, roomId: string): Promise<ChallengeOffer>;
  /** @throws Problem `room-closed`, `room-full`, `challenge-required`, `challenge-failed`. */
  join(comer: Comer, roomId: string): Promise<{ isNew: boolean; entry: EntryWithToken }>;
  /** @throws Problem `too-many-requests`, `queue-token-ended`. */
  status(claims: QueueClaims): Promise<Entry>;
  /** More time to take the turn, once. @throws Problem `not-your-turn`, `queue-token-ended`. */
  extend(claims: QueueClaims): Promise<Entry>;
  /** @throws Problem `not-your-turn`, `turn-missed`, `queue-token-ended`. */
  activate(claims: QueueClaims): Promise<ActiveEntry>;
  /** @throws Problem `queue-token-ended` unless it was left before. */
  leave(claims: QueueClaims): Promise<void>;
  /** From memory: why the entry has ended, as far as this process has heard. */
  endedReason(claims: QueueClaims): EndReason | undefined;
  /** Asks Redis, for calls that move seats or points. @throws Problem `queue-token-ended`. */
  checkLease(claims: ActiveClaims): Promise<void>;
  /** Notes that somebody inside did something; never waits. */
  touch(claims: ActiveClaims): void;
  /** Where a waiting token stands; from memory once the room is known here. */
  waitingSummary(claims: WaitingClaims): Summary | Promise<Summary>;
  /** What the core says has happened; each event counts once. */
  applyEvents(events: readonly CoreEvent[]): Promise<void>;
}

export interface QueueServiceDeps {
  store: QueueStore;
  rooms: RoomDirectory;
  ticker: Ticker;
  joins: TollService;
  turns: TurnService;
  answers: EntryAnswers;
  life: LifeBuffer;
  polls: PollGuard;
}

const indexOf = (claims: QueueClaims): number | undefined =>
  claims.kind === 'waiting' ? claims.registrationIndex : undefined;

/** The number of an entry; 0 for a registration that is not drawn yet. */
function numberOf(room: RoomMemory | undefined, claims: QueueClaims): number {
  if (claims.queueId !== null) return Number(claims.queueId);
  const index = indexOf(claims);
  return room && index !== undefined ? room.drawnNumber(index) : 0;
}

const toEntryClaims = (room: RoomMemory, claims: QueueClaims): EntryClaims => ({
  userId: claims.userId,
  number: numberOf(room, claims),
  index: indexOf(claims),
  epoch: claims.epoch,
  jti: claims.kind === 'active' ? claims.jti : '',
  tokenEnd: claims.kind === 'active' ? claims.expiresAtMs : 0,
});

const ended = (reason: EndReason): Problem =>
  new Problem('queue-token-ended', { extra: { reason } });

function keyOf(room: RoomMemory | undefined, claims: QueueClaims): string {
  const number = numberOf(room, claims);
  const index = indexOf(claims) ?? 0;
  return pollKey(claims.roomId, number === 0 ? registrationKey(index) : number);
}

/** Waiting for nothing helps nobody. Should a seat come back, joining finds the same place. */
function releaseWhenSoldOut(room: RoomMemory): void {
  if (room.document?.phase === 'SOLD_OUT') throw ended('sold-out');
}

/** Where an entry stands: from memory while its turn is not near, else from Redis. */
function createPlaces({ store, answers, life }: QueueServiceDeps) {
  /** Before the draw nobody has to show life: everybody's number counts as living after it. */
  function beforeDraw(room: RoomMemory, { expiresAtMs }: QueueClaims, index: number): Entry {
    if (!room.isCurrent()) throw new Problem('unavailable', { retryAfterSeconds: 2 });
    if (room.hasQuit(index)) throw ended('left');
    return answers.registered(room, index, expiresAtMs);
  }

  /** Those behind the front are answered from memory, however many they are. */
  function fromMemory(room: RoomMemory, claims: QueueClaims): Entry | undefined {
    const number = numberOf(room, claims);
    const index = indexOf(claims);
    if (number === 0 && index !== undefined) return beforeDraw(room, claims, index);
    if (claims.kind !== 'waiting' || !room.isCurrent() || claims.epoch !== room.epoch)
      return undefined;
    if (number <= room.front || number > room.tail) return undefined;
    if (room.hasLeft(number) || room.hasQuit(index ?? 0)) throw ended('left');
    releaseWhenSoldOut(room);
    life.noteWaiting(room.id, number);
    return answers.waiting(room, number, claims);
  }

  /** @param ask a step that answers where the entry stands. */
  async function fromRedis(
    room: RoomMemory,
    claims: QueueClaims,
    ask = store.status,
  ): Promise<Entry> {
    const entry = toEntryClaims(room, claims);
    const place = await ask(room.id, entry);
    room.noteFront(place);
    switch (place.word) {
      case 'WAITING':
        releaseWhenSoldOut(room);
        return answers.waiting(room, entry.number, { ...claims, registrationIndex: entry.index });
      case 'LATE':
        return answers.late(room, entry.number, { ...place, expiresAtMs: claims.expiresAtMs });
      case 'READY': {
        const { claimEndMs: endMs, canExtend } = place;
        return answers.inside(room, entry.number, { status: 'READY', endMs, canExtend });
      }
      case 'ACTIVE':
        return answers.inside(room, entry.number, { status: 'ACTIVE', endMs: place.tokenEndMs });
      case 'ENDED':
        throw ended(place.reason);
    }
  }

  return {
    status: async (room: RoomMemory, claims: QueueClaims): Promise<Entry> =>
      fromMemory(room, claims) ?? fromRedis(room, claims),
    /** Who waits is told so from memory; their turn has no window yet. */
    async extended(room: RoomMemory, claims: QueueClaims): Promise<Entry> {
      const entry = fromMemory(room, claims) ?? (await fromRedis(room, claims, store.extend));
      if (entry.status === 'READY' || entry.status === 'ACTIVE') return entry;
      const { position, pollAfterMs } = entry;
      throw new Problem('not-your-turn', { extra: { position, pollAfterMs } });
    },
  };
}

function createApplyEvents({ store, rooms, ticker }: QueueServiceDeps) {
  async function applyToRoom(roomId: string, events: CoreEvent[]): Promise<void> {
    await rooms.within(roomId, async (room) => {
      const changes = events.map(toChange).filter((change): change is CoreChange => !!change);
      if (changes.length > 0) await store.applyChanges(roomId, changes);
      ticker.wake(roomId);
      if (events.some(changesSeats)) void ticker.refreshSeats(room);
    });
  }

  return async (events: readonly CoreEvent[]): Promise<void> => {
    const byRoom = new Map<string, CoreEvent[]>();
    for (const event of events)
      byRoom.set(event.concertId, [...(byRoom.get(event.concertId) ?? []), event]);
    await Promise.all([...byRoom].map(([roomId, own]) => applyToRoom(roomId, own)));
  };
}

/** What is told to whoever asks for something else than the place. */
function createSummaries({ rooms, answers }: QueueServiceDeps) {
  function summaryOf(room: RoomMemory, claims: QueueClaims): Summary {
    const number = numberOf(room, claims);
    if (number === 0) return { position: null, pollAfterMs: answers.pauseBeforeDraw(room) };
    const { position, pollMs } = answers.facts(room, number);
    return { position, pollAfterMs: pollMs };
  }

  return {
    pauseNowMs(claims: QueueClaims): number {
      if (claims.kind === 'active') return insidePollMs('ACTIVE');
      const room = rooms.peek(claims.roomId);
      const number = numberOf(room, claims);
      const waits = room !== undefined && number > room.front;
      return waits ? answers.facts(room, number).pollMs : insidePollMs('READY');
    },
    waitingSummary(claims: QueueClaims): Summary | Promise<Summary> {
      const known = rooms.peek(claims.roomId);
      if (known) return summaryOf(known, claims);
      return rooms.ensure(claims.roomId).then((room) => summaryOf(room, claims));
    },
    notDrawnYet: (room: RoomMemory, claims: QueueClaims): Problem =>
      new Problem('not-your-turn', { extra: { ...summaryOf(room, claims) } }),
  };
}

export function createQueueService(deps: QueueServiceDeps): QueueService {
  const { store, rooms, ticker, joins, turns, life, polls } = deps;
  const places = createPlaces(deps);
  const { pauseNowMs, waitingSummary, notDrawnYet } = createSummaries(deps);

  function endedReason(claims: QueueClaims): EndReason | undefined {
    const { roomId, epoch } = claims;
    const room = rooms.peek(roomId);
    // Never heard of here: the token is right by its signature, and the list is read now.
    if (!room) {
      rooms.ensure(roomId).catch(() => undefined);
      return undefined;
    }
    return epoch < room.epoch ? 'revoked' : room.endedReason(numberOf(room, claims));
  }

  return {
    challenge: joins.offer,
    async join(comer, roomId) {
      const joined = await joins.join(comer, roomId);
      ticker.wake(roomId);
      // The first question may come at once: who opens the page wants to see the line.
      const { queueId, registrationIndex = 0 } = joined.entry;
      polls.forgive(pollKey(roomId, queueId ?? registrationKey(registrationIndex)));
      return joined;
    },
    async status(claims) {
      // News of the end is told at once, however early the question is. Who missed the turn may
      // still come late; the store knows.
      const reason = endedReason(claims);
      if (reason !== undefined && reason !== 'missed') throw ended(reason);
      polls.check(keyOf(rooms.peek(claims.roomId), claims), () => pauseNowMs(claims));
      return rooms.within(claims.roomId, (room) => places.status(room, claims));
    },
    extend: (claims) => rooms.within(claims.roomId, (room) => places.extended(room, claims)),
    async activate(claims) {
      const room = await rooms.ensure(claims.roomId);
      const entry = toEntryClaims(room, claims);
      if (entry.number === 0) throw notDrawnYet(room, claims);
      const active = await turns.activate(claims.roomId, entry);
      polls.forgive(keyOf(room, claims));
      return active;
    },
    async leave(claims) {
      const room = await rooms.ensure(claims.roomId);
      const entry = toEntryClaims(room, claims);
      const give = entry.number === 0 ? store.unregister : store.leave;
      const reason = await rooms.within(claims.roomId, () => give(claims.roomId, entry));
      polls.forgive(keyOf(room, claims));
      // Repeated by somebody who did not get the answer, leaving is no fault.
      if (reason !== undefined && reason !== 'left') throw ended(reason);
    },
    endedReason,
    async checkLease(claims) {
      const reason = await rooms.within(claims.roomId, (room) =>
        store.checkLease(claims.roomId, toEntryClaims(room, claims)),
      );
      if (reason !== undefined) throw ended(reason);
    },
    touch: ({ roomId, queueId }) => life.noteActivity(roomId, Number(queueId)),
    waitingSummary,
    applyEvents: createApplyEvents(deps),
  };
}
