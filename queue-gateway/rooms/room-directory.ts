import { LRUCache } from 'lru-cache';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { Logger } from '../../shared/logger.ts';
import { Problem } from '../../shared/problems.ts';
import { RoomUnconfigured } from '../queue/queue-scripts.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import { createRoomMemory, type RoomMemory } from './room-memory.ts';
import type { RoomNews } from './room-news.ts';

/** Where rooms come from. */
export interface RoomSource {
  listRooms(): Promise<RoomSetting[]>;
  /** `undefined` when there is no such concert. */
  getRoomSetting(concertId: string): Promise<RoomSetting | undefined>;
}

/** The rooms this process knows. */
export interface RoomDirectory {
  /** A room from memory, if it is there. */
  peek(roomId: string): RoomMemory | undefined;
  /** @throws Problem `not-found`, or `unavailable` when nobody can say. */
  ensure(roomId: string): Promise<RoomMemory>;
  /** Runs a step of the line; a room that Redis does not know is made first. */
  within<T>(roomId: string, step: (room: RoomMemory) => Promise<T>): Promise<T>;
  /** Takes a setting into force, here and in Redis. */
  apply(setting: RoomSetting): Promise<void>;
  /** All settings from the core. */
  refresh(): Promise<void>;
  /** All rooms again from Redis: something may have been missed. */
  resync(): Promise<void>;
  note(news: RoomNews): RoomMemory | undefined;
  all(): Iterable<RoomMemory>;
}

/** How long "there is no such concert" is believed. */
const unknownTtlMs = 1_000;
const unknownMax = 10_000;
/** Rooms that are opened or read again at the same time. */
const parallelMax = 16;

async function inParallel<T>(items: Iterable<T>, work: (item: T) => Promise<unknown>) {
  const iterator = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: parallelMax }, worker));
}

export function createRoomDirectory(options: {
  store: QueueStore;
  source: RoomSource;
  log: Logger;
}): RoomDirectory {
  const { store, source, log } = options;
  const rooms = new Map<string, RoomMemory>();
  /** Rooms that are being opened hear the news already. */
  const opening = new Map<string, RoomMemory>();
  const inFlight = new Map<string, Promise<RoomMemory>>();
  const unknown = new LRUCache<string, true>({ max: unknownMax, ttl: unknownTtlMs });

  async function read(room: RoomMemory): Promise<void> {
    const snapshot = await store.snapshot(room.id);
    room.noteSnapshot(snapshot, await store.goneNumbers(room.id, snapshot));
  }

  /** The core knows best; while it is away, what Redis was told last stays in force. */
  async function findSetting(roomId: string): Promise<RoomSetting | undefined> {
    try {
      return await source.getRoomSetting(roomId);
    } catch (error) {
      const snapshot = await store.snapshot(roomId).catch(() => undefined);
      if (!snapshot) throw error;
      log.warn({ roomId, err: error }, 'core is away, going on with the last policy');
      return JSON.parse(snapshot.setting) as RoomSetting;
    }
  }

  async function open(roomId: string, given?: RoomSetting): Promise<RoomMemory> {
    const setting = given ?? (await findSetting(roomId));
    if (!setting) {
      unknown.set(roomId, true);
      throw new Problem('not-found');
    }
    const room = createRoomMemory(roomId, setting);
    opening.set(roomId, room);
    try {
      await store.configure(setting);
      await read(room);
      rooms.set(roomId, room);
      return room;
    } finally {
      opening.delete(roomId);
    }
  }

  function openOnce(roomId: string, given?: RoomSetting): Promise<RoomMemory> {
    const running = inFlight.get(roomId);
    if (running) return running;
    const started = open(roomId, given).finally(() => inFlight.delete(roomId));
    inFlight.set(roomId, started);
    return started;
  }

  async function ensure(roomId: string): Promise<RoomMemory> {
    const known = rooms.get(roomId);
    if (known) return known;
    if (unknown.has(roomId)) throw new Problem('not-found');
    return openOnce(roomId);
  }

  async function apply(setting: RoomSetting): Promise<void> {
    const room = rooms.get(setting.concertId);
    if (!room) {
      await openOnce(setting.concertId, setting);
      return;
    }
    if (JSON.stringify(room.setting) === JSON.stringify(setting)) return;
    if ((await store.configure(setting)) !== 'older') room.setting = setting;
  }

  return {
    peek: (roomId) => rooms.get(roomId),
    ensure,
    async within(roomId, step) {
      const room = await ensure(roomId);
      try {
        return await step(room);
      } catch (error) {
        if (!(error instanceof RoomUnconfigured)) throw error;
        log.warn({ roomId }, 'redis does not know the room any more, making it again');
        await store.configure(room.setting);
        return step(room);
      }
    },
    apply,
    async refresh() {
      await inParallel(await source.listRooms(), apply);
    },
    async resync() {
      await inParallel(rooms.values(), (room) =>
        read(room).catch((error: unknown) =>
          log.warn({ roomId: room.id, err: error }, 'room not read again'),
        ),
      );
    },
    note(news) {
      const room = rooms.get(news.roomId) ?? opening.get(news.roomId);
      if (!room) return undefined;
      if (news.what === 'front') room.noteFront(news);
      else if (news.what === 'ended') room.noteEnded(news.entry);
      else if (news.what === 'gone') room.noteLeft(news.number);
      else if (news.what === 'setting') room.setting = news.setting;
      return room;
    },
    all: () => rooms.values(),
  };
}
