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
import { type EntryAnswers, pollKey } from './entry-answers.ts';
import type { JoinService } from './join-service.ts';
import type { LifeBuffer } from './life-buffer.ts';
import type { PollGuard } from './poll-guard.ts';
import { insidePollMs } from './queue-rules.ts';
import type { QueueStore } from './queue-store.ts';
import type { CoreChange, EntryClaims } from './queue-types.ts';
import type { ActiveEntry, TurnService } from './turn-service.ts';

type Summary = { position: number; pollAfterMs: number };

/** The line as its callers see it. Every call can throw Problem `not-found` and `unavailable`. */
export interface QueueService {
  /** @throws Problem `room-closed`, `room-full`. */
  join(userId: string, roomId: string): Promise<{ isNew: boolean; entry: EntryWithToken }>;
  /** @throws Problem `too-many-requests`, `queue-token-ended`. */
  status(claims: QueueClaims): Promise<Entry>;
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
  joins: JoinService;
  turns: TurnService;
  answers: EntryAnswers;
  life: LifeBuffer;
  polls: PollGuard;
}

const toEntryClaims = (claims: QueueClaims): EntryClaims => ({
  userId: claims.userId,
  number: Number(claims.queueId),
  epoch: claims.epoch,
  jti: claims.kind === 'active' ? claims.jti : '',
  tokenEnd: claims.kind === 'active' ? claims.expiresAtMs : 0,
});

const ended = (reason: EndReason): Problem =>
  new Problem('queue-token-ended', { extra: { reason } });

const keyOf = ({ roomId, queueId }: QueueClaims): string => pollKey(roomId, Number(queueId));

/** Waiting for nothing helps nobody. Should a seat come back, joining finds the same place. */
function releaseWhenSoldOut(room: RoomMemory): void {
  if (room.document?.phase === 'SOLD_OUT') throw ended('sold-out');
}

/** Where an entry stands: from memory while its turn is not near, else from Redis. */
function createAskStatus({ store, answers, life }: QueueServiceDeps) {
  /** Those behind the front are answered from memory, however many they are. */
  function fromMemory(room: RoomMemory, claims: QueueClaims): Entry | undefined {
    const number = Number(claims.queueId);
    if (claims.kind !== 'waiting' || !room.isCurrent() || claims.epoch !== room.epoch)
      return undefined;
    if (number <= room.front || number > room.tail) return undefined;
    if (room.hasLeft(number)) throw ended('left');
    releaseWhenSoldOut(room);
    life.noteWaiting(room.id, number);
    return answers.waiting(room, number, claims.expiresAtMs);
  }

  async function fromRedis(room: RoomMemory, claims: QueueClaims): Promise<Entry> {
    const entry = toEntryClaims(claims);
    const place = await store.status(room.id, entry);
    room.noteFront(place);
    switch (place.word) {
      case 'WAITING':
        releaseWhenSoldOut(room);
        return answers.waiting(room, entry.number, claims.expiresAtMs);
      case 'LATE':
        return answers.late(room, entry.number, { ...place, expiresAtMs: claims.expiresAtMs });
      case 'READY':
        return answers.inside(room, entry.number, { status: 'READY', endMs: place.claimEndMs });
      case 'ACTIVE':
        return answers.inside(room, entry.number, { status: 'ACTIVE', endMs: place.tokenEndMs });
      case 'ENDED':
        throw ended(place.reason);
    }
  }

  return async (room: RoomMemory, claims: QueueClaims): Promise<Entry> =>
    fromMemory(room, claims) ?? fromRedis(room, claims);
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

export function createQueueService(deps: QueueServiceDeps): QueueService {
  const { store, rooms, ticker, joins, turns, answers, life, polls } = deps;
  const askStatus = createAskStatus(deps);

  function endedReason({ roomId, queueId, epoch }: QueueClaims): EndReason | undefined {
    const room = rooms.peek(roomId);
    // Never heard of here: the token is right by its signature, and the list is read now.
    if (!room) {
      rooms.ensure(roomId).catch(() => undefined);
      return undefined;
    }
    return epoch < room.epoch ? 'revoked' : room.endedReason(Number(queueId));
  }

  function pauseNowMs({ kind, roomId, queueId }: QueueClaims): number {
    if (kind === 'active') return insidePollMs('ACTIVE');
    const room = rooms.peek(roomId);
    const waits = room !== undefined && Number(queueId) > room.front;
    return waits ? answers.facts(room, Number(queueId)).pollMs : insidePollMs('READY');
  }

  return {
    async join(userId, roomId) {
      const joined = await joins.join(userId, roomId);
      ticker.wake(roomId);
      // The first question may come at once: who opens the page wants to see the line.
      polls.forgive(pollKey(roomId, Number(joined.entry.queueId)));
      return joined;
    },
    async status(claims) {
      // News of the end is told at once, however early the question is. Who missed the turn may
      // still come late; the store knows.
      const reason = endedReason(claims);
      if (reason !== undefined && reason !== 'missed') throw ended(reason);
      polls.check(keyOf(claims), () => pauseNowMs(claims));
      return rooms.within(claims.roomId, (room) => askStatus(room, claims));
    },
    async activate(claims) {
      const active = await turns.activate(claims.roomId, toEntryClaims(claims));
      polls.forgive(keyOf(claims));
      return active;
    },
    async leave(claims) {
      const entry = toEntryClaims(claims);
      const reason = await rooms.within(claims.roomId, () => store.leave(claims.roomId, entry));
      polls.forgive(keyOf(claims));
      // Repeated by somebody who did not get the answer, leaving is no fault.
      if (reason !== undefined && reason !== 'left') throw ended(reason);
    },
    endedReason,
    async checkLease(claims) {
      const lease = toEntryClaims(claims);
      const ask = () => store.checkLease(claims.roomId, lease);
      const reason = await rooms.within(claims.roomId, ask);
      if (reason !== undefined) throw ended(reason);
    },
    touch: ({ roomId, queueId }) => life.noteActivity(roomId, Number(queueId)),
    waitingSummary({ roomId, queueId }) {
      const summary = (room: RoomMemory): Summary => {
        const { position, pollMs } = answers.facts(room, Number(queueId));
        return { position, pollAfterMs: pollMs };
      };
      const known = rooms.peek(roomId);
      return known ? summary(known) : rooms.ensure(roomId).then(summary);
    },
    applyEvents: createApplyEvents(deps),
  };
}
