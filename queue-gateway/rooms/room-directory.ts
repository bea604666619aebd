import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { Logger } from '../../shared/logger.ts';
import { RoomUnconfigured } from '../queue/queue-scripts.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import type { RoomMemory } from './room-memory.ts';
import type { RoomNews } from './room-news.ts';
import type { RoomOpener, RoomSource } from './room-opener.ts';

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

/** Rooms that are opened or read again at the same time. */
const parallelMax = 16;

async function inParallel<T>(items: Iterable<T>, work: (item: T) => Promise<unknown>) {
  const iterator = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: parallelMax }, worker));
}

function noteNews(room: RoomMemory, news: RoomNews): void {
  if (news.what === 'front') room.noteFront(news);
  else if (news.what === 'ended') room.noteEnded(news.entry);
  else if (news.what === 'gone') room.noteLeft(news.number);
  else if (news.what === 'gap') room.noteGap(news.from);
  else if (news.what === 'quit') room.noteQuit(news.index);
  else if (news.what === 'setting') room.setting = news.setting;
}

export function createRoomDirectory(options: {
  store: QueueStore;
  source: RoomSource;
  opener: RoomOpener;
  log: Logger;
}): RoomDirectory {
  const { store, source, opener, log } = options;
  const rooms = new Map<string, RoomMemory>();

  async function open(roomId: string, given?: RoomSetting): Promise<RoomMemory> {
    const room = await opener.open(roomId, given);
    rooms.set(roomId, room);
    return room;
  }

  const ensure = async (roomId: string): Promise<RoomMemory> => rooms.get(roomId) ?? open(roomId);

  async function apply(setting: RoomSetting): Promise<void> {
    const room = rooms.get(setting.concertId);
    if (!room) {
      await open(setting.concertId, setting);
      return;
    }
    if (JSON.stringify(room.setting) === JSON.stringify(setting)) return;
    if ((await store.configure(setting, room.known())) !== 'older') room.setting = setting;
  }

  const readAgain = (room: RoomMemory): Promise<void> =>
    opener
      .read(room)
      .catch((error: unknown) => log.warn({ roomId: room.id, err: error }, 'room not read again'));

  return {
    peek: (roomId) => rooms.get(roomId),
    ensure,
    async within(roomId, step) {
      const room = await ensure(roomId);
      try {
        return await step(room);
      } catch (error) {
        if (!(error instanceof RoomUnconfigured)) throw error;
        const outcome = await store.configure(room.setting, room.known());
        log.warn({ roomId, outcome }, 'redis is not the one it was');
        return step(room);
      }
    },
    apply,
    refresh: async () => inParallel(await source.listRooms(), apply),
    resync: () => inParallel(rooms.values(), readAgain),
    note(news) {
      const room = rooms.get(news.roomId) ?? opener.opening(news.roomId);
      if (room) noteNews(room, news);
      return room;
    },
    all: () => rooms.values(),
  };
}
