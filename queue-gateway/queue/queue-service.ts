import type { AccessClaims } from '../tokens/access-token.ts';
import type { ActiveClaims, ActiveTokens } from '../tokens/active-token.ts';
import type { QueueClaims } from '../tokens/queue-tokens.ts';
import type { WaitingClaims, WaitingTokens } from '../tokens/waiting-token.ts';
import type { CoreEvent } from '../../shared/contracts/internal.ts';
import type { EndReason, Entry, EntryWithToken } from '../../shared/contracts/queue.ts';
import { Problem } from '../../shared/problems.ts';
import type { RoomDirectory } from '../rooms/room-directory.ts';
import type { RoomMemory } from '../rooms/room-memory.ts';
import { pollPolicy } from '../rooms/room-rules.ts';
import type { Ticker } from '../rooms/ticker.ts';
import { changesSeats, toChange } from './core-event-rules.ts';
import type { JoinBatcher } from './join-batcher.ts';
import type { LifeBuffer } from './life-buffer.ts';
import type { PollGuard } from './poll-guard.ts';
import { etaSeconds, insidePollMs, joinsAtMs, pollAfterMs, wholeSecondMs } from './queue-rules.ts';
import type { QueueStore } from './queue-store.ts';
import type { CoreChange, EntryClaims, JoinedPlace } from './queue-types.ts';

export interface ActiveEntry {
  token: string;
  status: 'ACTIVE';
  expiresAt: string;
}

/** The line as its callers see it. Every call can throw Problem `not-found` and `unavailable`. */
export interface QueueService {
  /** @throws Problem `room-closed`, `room-full`. */
  join(
    user: Pick<AccessClaims, 'userId'>,
    roomId: string,
  ): Promise<{ isNew: boolean; entry: EntryWithToken }>;
  /** @throws Problem `too-many-requests`, `queue-token-ended`. */
  status(claims: QueueClaims): Promise<Entry>;
  /** @throws Problem `not-your-turn`, `turn-missed`, `queue-token-ended`. */
  activate(claims: QueueClaims): Promise<ActiveEntry>;
  /** @throws Problem `queue-token-ended` unless it was left before. */
  leave(claims: QueueClaims): Promise<void>;
  /** From memory: why the entry has ended, as far as this process has heard. */
  endedReason(claims: ActiveClaims): EndReason | undefined;
  /** Asks Redis, for calls that move seats or points. @throws Problem `queue-token-ended`. */
  checkLease(claims: ActiveClaims): Promise<void>;
  /** Notes that the holder was here; never waits. */
  touch(claims: QueueClaims): void;
  /** Where a waiting token stands; from memory once the room is known here. */
  waitingSummary(
    claims: WaitingClaims,
  ): { position: number; pollAfterMs: number } | Promise<{ position: number; pollAfterMs: number }>;
  /** What the core says has happened; each event counts once. */
  applyEvents(events: readonly CoreEvent[]): Promise<void>;
}

export interface QueueServiceDeps {
  store: QueueStore;
  rooms: RoomDirectory;
  ticker: Ticker;
  tokens: { waiting: WaitingTokens; active: ActiveTokens };
  joins: JoinBatcher;
  life: LifeBuffer;
  polls: PollGuard;
  env: {
    /** Unix time in ms. */
    now: () => number;
    /** 0 … 1. */
    random: () => number;
    newJti: () => string;
    /** Whether memory is up to date: news is heard. */
    isListening: () => boolean;
  };
}

const waitingLifeMs = 24 * 3_600_000;
const closedRetrySeconds = 30;
/** A token is signed before it is known whether it is the one that counts. */
const maxSignings = 3;

const iso = (ms: number): string => new Date(ms).toISOString();

const toEntryClaims = ({ userId, queueId, epoch }: QueueClaims): EntryClaims => ({
  userId,
  number: Number(queueId),
  epoch,
});

const pollKey = (roomId: string, number: number): string => `${roomId}:${number}`;

const ended = (reason: EndReason): Problem =>
  new Problem('queue-token-ended', { extra: { reason } });

function refusal(word: 'closed' | 'sold-out' | 'full', room: RoomMemory, nowMs: number): Problem {
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

export function createQueueService(deps: QueueServiceDeps): QueueService {
  const { store, rooms, ticker, tokens, joins, life, polls, env } = deps;

  /** Told to the caller, and held to. */
  function told(room: RoomMemory, number: number, pollMs: number): number {
    polls.told(pollKey(room.id, number), pollMs);
    return pollMs;
  }

  function waitingFacts(room: RoomMemory, number: number) {
    const position = Math.max(0, number - room.front);
    const ahead = room.ahead(number);
    const open = room.document?.phase === 'OPEN';
    const eta = open ? etaSeconds(ahead, room.speedPerSecond) : null;
    return { position, ahead, etaSeconds: eta, pollMs: pollAfterMs(pollPolicy, eta, env.random()) };
  }

  function waitingEntry(room: RoomMemory, number: number, expiresAtMs: number): Entry {
    const { pollMs, ...facts } = waitingFacts(room, number);
    return {
      queueId: String(number),
      status: 'WAITING',
      ...facts,
      expiresAt: iso(expiresAtMs),
      pollAfterMs: told(room, number, pollMs),
    };
  }

  function insideEntry(
    room: RoomMemory,
    number: number,
    inside: { status: 'READY' | 'ACTIVE'; endMs: number },
  ): Entry {
    return {
      queueId: String(number),
      status: inside.status,
      position: 0,
      ahead: 0,
      etaSeconds: 0,
      expiresAt: iso(inside.endMs),
      pollAfterMs: told(room, number, insidePollMs(inside.status)),
    };
  }

  /** The first token that reaches Redis counts; after a hold a later one for the same `jti`. */
  async function takeTurn(room: RoomMemory, claims: EntryClaims) {
    const issuedAtMs = wholeSecondMs(env.now());
    const base = {
      userId: claims.userId,
      roomId: room.id,
      queueId: String(claims.number),
      epoch: claims.epoch,
      issuedAtMs,
    };
    let jti = env.newJti();
    let expiresAtMs = issuedAtMs + room.setting.activeSeconds * 1_000;
    for (let signing = 0; signing < maxSignings; signing += 1) {
      const token = tokens.active.sign({ ...base, jti, expiresAtMs });
      const proposed = { jti, token, tokenEndMs: expiresAtMs };
      const answer = await store.activate(room.id, claims, proposed);
      if (answer.word !== 'RENEW') return answer;
      jti = answer.jti;
      expiresAtMs = wholeSecondMs(answer.untilMs);
    }
    throw new Problem('unavailable');
  }

  function activeEntry(token: string): ActiveEntry {
    const { expiresAtMs } = tokens.active.verify(token);
    return { token, status: 'ACTIVE', expiresAt: iso(expiresAtMs) };
  }

  async function activate(claims: QueueClaims): Promise<ActiveEntry> {
    const entry = toEntryClaims(claims);
    return rooms.within(claims.roomId, async (room) => {
      const answer = await takeTurn(room, entry);
      polls.forgive(pollKey(room.id, entry.number));
      if (answer.word === 'ACTIVE') return activeEntry(answer.token);
      if (answer.word === 'WAITING') {
        const { position, pollMs } = waitingFacts(room, entry.number);
        throw new Problem('not-your-turn', { extra: { position, pollAfterMs: pollMs } });
      }
      if (answer.reason === 'missed') throw new Problem('turn-missed');
      throw ended(answer.reason);
    });
  }

  type Taken = Extract<JoinedPlace, { number: number }>;

  /** Who is let in at once is inside with the first answer. */
  async function joinedEntry(room: RoomMemory, place: Taken, userId: string) {
    const { number } = place;
    const queueId = String(number);
    const issuedAtMs = wholeSecondMs(env.now());
    const claims = { userId, roomId: room.id, queueId, epoch: room.epoch, issuedAtMs };
    const inside = (active: ActiveEntry): EntryWithToken => {
      const endMs = Date.parse(active.expiresAt);
      return { token: active.token, ...insideEntry(room, number, { status: 'ACTIVE', endMs }) };
    };
    if (place.word === 'ACTIVE') return inside(activeEntry(place.token));
    const expiresAtMs = issuedAtMs + waitingLifeMs;
    if (place.word === 'READY' && place.isNew)
      return inside(await activate({ kind: 'waiting', ...claims, expiresAtMs }));
    const token = tokens.waiting.sign({ ...claims, expiresAtMs });
    if (place.word === 'WAITING') return { token, ...waitingEntry(room, number, expiresAtMs) };
    return {
      token,
      ...insideEntry(room, number, { status: 'READY', endMs: place.claimEndMs }),
    };
  }

  /** Those behind the front are answered from memory, whatever their number. */
  function fromMemory(room: RoomMemory, claims: QueueClaims): Entry | undefined {
    const number = Number(claims.queueId);
    if (claims.kind !== 'waiting' || !env.isListening()) return undefined;
    if (number <= room.front || number > room.tail || claims.epoch !== room.epoch) return undefined;
    if (room.hasLeft(number)) throw ended('left');
    life.note(room.id, number);
    return waitingEntry(room, number, claims.expiresAtMs);
  }

  async function askStatus(room: RoomMemory, claims: QueueClaims): Promise<Entry> {
    const entry = toEntryClaims(claims);
    const place = await store.status(room.id, entry);
    room.noteFront(place);
    switch (place.word) {
      case 'WAITING':
        return waitingEntry(room, entry.number, claims.expiresAtMs);
      case 'READY':
        return insideEntry(room, entry.number, { status: 'READY', endMs: place.claimEndMs });
      case 'ACTIVE':
        return insideEntry(room, entry.number, { status: 'ACTIVE', endMs: place.tokenEndMs });
      case 'ENDED':
        throw ended(place.reason);
    }
  }

  async function applyToRoom(roomId: string, events: CoreEvent[]): Promise<void> {
    await rooms.within(roomId, async (room) => {
      const changes = events.map(toChange).filter((change): change is CoreChange => !!change);
      if (changes.length > 0) await store.applyChanges(roomId, changes);
      ticker.wake(roomId);
      if (events.some(changesSeats)) void ticker.refreshSeats(room);
    });
  }

  return {
    async join({ userId }, roomId) {
      const place = await joins.join(roomId, userId);
      const room = await rooms.ensure(roomId);
      ticker.wake(roomId);
      if (!('number' in place)) throw refusal(place.word, room, env.now());
      const entry = await joinedEntry(room, place, userId);
      // The first question may come at once: somebody who opens the page wants to see the line.
      polls.forgive(pollKey(roomId, place.number));
      return { isNew: place.isNew, entry };
    },
    async status(claims) {
      const number = Number(claims.queueId);
      polls.check(pollKey(claims.roomId, number));
      return rooms.within(
        claims.roomId,
        async (room) => fromMemory(room, claims) ?? askStatus(room, claims),
      );
    },
    activate,
    async leave(claims) {
      const entry = toEntryClaims(claims);
      const reason = await rooms.within(claims.roomId, () => store.leave(claims.roomId, entry));
      polls.forgive(pollKey(claims.roomId, entry.number));
      // Repeated by somebody who did not get the answer, leaving is no fault.
      if (reason !== undefined && reason !== 'left') throw ended(reason);
    },
    endedReason({ roomId, queueId, epoch }) {
      const room = rooms.peek(roomId);
      if (!room) return undefined;
      return epoch < room.epoch ? 'revoked' : room.endedReason(Number(queueId));
    },
    async checkLease(claims) {
      const lease = { ...toEntryClaims(claims), jti: claims.jti };
      const reason = await rooms.within(claims.roomId, () =>
        store.checkLease(claims.roomId, lease),
      );
      if (reason !== undefined) throw ended(reason);
    },
    touch: ({ roomId, queueId }) => life.note(roomId, Number(queueId)),
    waitingSummary({ roomId, queueId }) {
      const summary = (room: RoomMemory) => {
        const { position, pollMs } = waitingFacts(room, Number(queueId));
        return { position, pollAfterMs: pollMs };
      };
      const known = rooms.peek(roomId);
      return known ? summary(known) : rooms.ensure(roomId).then(summary);
    },
    async applyEvents(events) {
      const byRoom = new Map<string, CoreEvent[]>();
      for (const event of events)
        byRoom.set(event.concertId, [...(byRoom.get(event.concertId) ?? []), event]);
      await Promise.all([...byRoom].map(([roomId, own]) => applyToRoom(roomId, own)));
    },
  };
}
