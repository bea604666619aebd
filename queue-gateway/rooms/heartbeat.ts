import type { Logger } from '../../shared/logger.ts';
import type { LifeBuffer } from '../queue/life-buffer.ts';
import type { NewsStore } from './news-store.ts';
import { repeat } from './repeat.ts';
import type { RoomDirectory } from './room-directory.ts';
import type { RoomNews } from './room-news.ts';
import type { RoomStreams } from './room-streams.ts';
import type { Ticker } from './ticker.ts';

export interface Heartbeat {
  /** Stops every timer; what was noted goes to Redis first. */
  stop(): Promise<void>;
}

export interface HeartbeatDeps {
  news: NewsStore;
  rooms: RoomDirectory;
  ticker: Ticker;
  life: LifeBuffer;
  streams: RoomStreams;
  /** Says what an operator should know of the store, if anything. */
  storeFault: () => Promise<string | undefined>;
  log: Logger;
}

const everyMs = {
  pass: 250,
  life: 500,
  check: 1_000,
  refresh: 5_000,
  ping: 15_000,
  forget: 5_000,
  store: 30_000,
};

/** Everything the line does by itself: one timer for all rooms, one for each kind of work. */
export async function openHeartbeat(deps: HeartbeatDeps): Promise<Heartbeat> {
  const { news, rooms, ticker, life, streams, storeFault, log } = deps;

  function onNews(item: RoomNews): void {
    const room = rooms.note(item);
    if (!room) return;
    if (item.what !== 'bulletin') ticker.wake(room.id);
    else if (room.noteBulletin(item.bulletin) && room.document)
      streams.broadcast(room.id, room.document);
  }

  const quietly = (what: string) => (error: unknown) =>
    void log.debug({ err: error }, `${what} failed`);
  const resync = (): void => {
    rooms.resync().catch(quietly('reading rooms again'));
  };

  async function lookAtStore(): Promise<void> {
    const fault = await storeFault();
    if (fault) log.warn(fault);
  }

  await news.listen({ onNews, onGap: resync });
  const repeated = [
    repeat(everyMs.refresh, rooms.refresh, quietly('reading settings')),
    repeat(everyMs.pass, ticker.pass, quietly('ticking')),
    repeat(everyMs.life, life.flush, quietly('telling signs of life')),
    repeat(everyMs.check, news.check, quietly('listening')),
    repeat(everyMs.store, lookAtStore, quietly('looking at the store')),
    repeat(everyMs.ping, streams.ping, quietly('pinging')),
    repeat(
      everyMs.forget,
      () => {
        for (const room of rooms.all()) room.forgetOld(Date.now());
      },
      quietly('forgetting'),
    ),
  ];
  return {
    async stop() {
      await Promise.all(repeated.map((one) => one.stop()));
      await life.flush().catch(quietly('telling signs of life'));
    },
  };
}
