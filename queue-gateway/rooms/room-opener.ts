import { LRUCache } from 'lru-cache';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { Logger } from '../../shared/logger.ts';
import { Problem } from '../../shared/problems.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import { RoomUnconfigured } from '../queue/queue-scripts.ts';
import type { RoomSnapshot } from '../queue/queue-types.ts';
import { createRoomMemory, type RoomMemory } from './room-memory.ts';

/** Where rooms come from. */
export interface RoomSource {
  listRooms(): Promise<RoomSetting[]>;
  /** `undefined` when there is no such concert. */
  getRoomSetting(concertId: string): Promise<RoomSetting | undefined>;
}

/** Makes a room known to this process, once however many ask. */
export interface RoomOpener {
  /** @throws Problem `not-found`, `unavailable`. */
  open(roomId: string, given?: RoomSetting): Promise<RoomMemory>;
  /** Reads again what may have been missed. */
  read(room: RoomMemory): Promise<void>;
  /** A room on its way: it hears the news already, so that nothing falls between. */
  opening(roomId: string): RoomMemory | undefined;
}

export interface RoomOpenerDeps {
  store: QueueStore;
  source: RoomSource;
  log: Logger;
  /** Whether news is heard. */
  isListening: () => boolean;
}

/** How long "there is no such concert" is believed. */
const unknownTtlMs = 1_000;
const unknownMax = 10_000;

export function createRoomOpener(deps: RoomOpenerDeps): RoomOpener {
  const { store, source, log, isListening } = deps;
  const opening = new Map<string, RoomMemory>();
  const inFlight = new Map<string, Promise<RoomMemory>>();
  const unknown = new LRUCache<string, true>({ max: unknownMax, ttl: unknownTtlMs });

  async function snapshotOf(room: RoomMemory): Promise<RoomSnapshot> {
    try {
      return await store.snapshot(room.id);
    } catch (error) {
      if (!(error instanceof RoomUnconfigured)) throw error;
      await store.configure(room.setting, room.known());
      return store.snapshot(room.id);
    }
  }

  async function read(room: RoomMemory): Promise<void> {
    const snapshot = await snapshotOf(room);
    room.noteSnapshot(snapshot, await store.goneNumbers(room.id, snapshot));
    if (snapshot.registered === 0) return;
    for (const index of await store.quitIndexes(room.id)) room.noteQuit(index);
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

  async function openOnce(roomId: string, given?: RoomSetting): Promise<RoomMemory> {
    const setting = given ?? (await findSetting(roomId));
    if (!setting) {
      unknown.set(roomId, true);
      throw new Problem('not-found');
    }
    const room = createRoomMemory({ setting, isCurrent: isListening });
    opening.set(roomId, room);
    try {
      await store.configure(setting, room.known());
      await read(room);
      return room;
    } finally {
      opening.delete(roomId);
    }
  }

  return {
    read,
    opening: (roomId) => opening.get(roomId),
    async open(roomId, given) {
      const running = inFlight.get(roomId);
      if (running) return running;
      if (!given && unknown.has(roomId)) throw new Problem('not-found');
      const started = openOnce(roomId, given).finally(() => inFlight.delete(roomId));
      inFlight.set(roomId, started);
      return started;
    },
  };
}
