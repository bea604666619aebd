import { setTimeout as delay } from 'node:timers/promises';
import type { RedisClient } from '../../shared/redis/client.ts';
import { callStore } from '../../shared/redis/store-errors.ts';
import { lineKeys, roomKeys } from '../queue/queue-keys.ts';
import { leadScript } from '../queue/queue-scripts.ts';
import { bulletinNews, parseNews, type RoomNews } from './room-news.ts';
import type { Bulletin } from './room-rules.ts';

/** How the gateways of one Redis hear of each other. */
export interface NewsStore {
  /** Whether this process leads for the next `leaseMs`. */
  lead(leaseMs: number): Promise<boolean>;
  publish(roomId: string, bulletin: Bulletin): Promise<void>;
  /**
   * Calls `onNews` for everything that is said from now on, and `onGap` each time something may
   * have been missed: at the start, and after every loss of the connection.
   */
  listen(handlers: { onNews: (news: RoomNews) => void; onGap: () => void }): Promise<void>;
  /** False while news may be missed. */
  isListening(): boolean;
  /** Makes sure that silence means no news; a connection that does not answer is made anew. */
  check(): Promise<void>;
}

/** A wire that was cut without a word looks like a room where nothing happens. */
const answerWithinMs = 1_000;

export function createNewsStore(options: {
  redis: RedisClient;
  subscriber: RedisClient;
  namespace: string;
  /** Name of this process, unique. */
  process: string;
}): NewsStore {
  const { redis, subscriber, namespace, process } = options;
  const keys = lineKeys(namespace);
  let listening = false;

  return {
    lead: (leaseMs) => leadScript(redis, { leader: keys.leader }, { process, leaseMs }),
    async publish(roomId, bulletin) {
      await callStore(() =>
        Promise.all([
          redis.set(roomKeys(namespace, roomId).document, JSON.stringify(bulletin)),
          redis.publish(keys.channel, bulletinNews(roomId, bulletin)),
        ]),
      );
    },
    async listen({ onNews, onGap }) {
      const subscribe = (): void => {
        subscriber.subscribe(keys.channel).then(
          () => {
            listening = true;
            onGap();
          },
          () => undefined, // The connection is gone again; its next `ready` comes here.
        );
      };
      subscriber.on('message', (_channel, message) => {
        const news = parseNews(message);
        if (news) onNews(news);
      });
      subscriber.on('close', () => {
        listening = false;
      });
      subscriber.on('ready', subscribe);
      if (subscriber.status === 'ready') subscribe();
    },
    isListening: () => listening,
    async check() {
      if (!listening) return;
      const answered = await Promise.race([
        subscriber.ping().then(
          () => true,
          () => false,
        ),
        delay(answerWithinMs, false, { ref: false }),
      ]);
      if (answered || !listening) return;
      listening = false;
      subscriber.disconnect(true);
    },
  };
}
