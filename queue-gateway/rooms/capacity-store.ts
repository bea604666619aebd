import type { RedisClient } from '../../shared/redis/client.ts';
import { callStore } from '../../shared/redis/store-errors.ts';
import { lineKeys } from '../queue/queue-keys.ts';

/** How many people a second the core was last seen to struggle with; forgotten after an hour. */
export interface CapacityStore {
  read(): Promise<number | null>;
  write(perSecond: number): Promise<void>;
}

const ttlSeconds = 3_600;

export function createCapacityStore(options: {
  redis: RedisClient;
  namespace: string;
}): CapacityStore {
  const { redis, namespace } = options;
  const { capacity } = lineKeys(namespace);
  return {
    async read() {
      const text = await callStore(() => redis.get(capacity));
      return text === null ? null : Number(text);
    },
    async write(perSecond) {
      await callStore(() => redis.set(capacity, perSecond, 'EX', ttlSeconds));
    },
  };
}
