import type { RedisClient } from '../../shared/redis/client.ts';
import type { ServerRun } from '../../shared/redis/server-run.ts';
import { callStore } from '../../shared/redis/store-errors.ts';
import { roomKeys } from '../queue/queue-keys.ts';
import { createQueueStore, type QueueStore } from '../queue/queue-store.ts';

/** The line on a real Redis, in a room of its own whose clock somebody else drives. */
export interface DrivenStore {
  line: QueueStore;
  /** @param nowMs what the room takes for the time. */
  setClock(nowMs: number): Promise<void>;
  /** Numbers inside. */
  leases(): Promise<number[]>;
  /** Nothing of the room is left. */
  clear(): Promise<void>;
}

/** The one room of a namespace that is only there for it. */
export const drivenRoomId = '1';

/** Should nobody clear it away, it is gone after this. */
const ttlMs = 60_000;
const renewCalls = 30;

/** @param options.namespace nobody else's: the room is taken away with everything in it. */
export function createDrivenStore(options: {
  redis: RedisClient;
  namespace: string;
  server: ServerRun;
}): DrivenStore {
  const { redis, namespace, server } = options;
  const keys = roomKeys(namespace, drivenRoomId);
  const all = Object.values(keys);
  let calls = 0;

  async function renew(): Promise<void> {
    calls += 1;
    if (calls % renewCalls !== 0) return;
    await callStore(() => Promise.all(all.map((key) => redis.pexpire(key, ttlMs))));
  }

  return {
    line: createQueueStore({
      redis,
      namespace,
      // Whatever Redis goes through meanwhile: this room is not mended, it is thrown away.
      server: {
        of(key) {
          const found = server.of(key);
          return found && { client: found.client, run: 'driven' };
        },
      },
    }),
    async setClock(nowMs) {
      await callStore(() => redis.hset(keys.state, 'clock', nowMs, 'seenAt', nowMs));
      await renew();
    },
    leases: async () =>
      (await callStore(() => redis.zrange(keys['leases'] ?? '', '0', '-1'))).map(Number),
    async clear() {
      await callStore(() => redis.unlink(...all));
    },
  };
}
