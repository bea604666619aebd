import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { testRedisUrl } from './test-stores.ts';

export interface FreshNamespace {
  redisUrl: string;
  /** For `REDIS_NAMESPACE`: put before every key and channel. */
  namespace: string;
  /** Removes every key of the namespace. */
  clear(): Promise<void>;
}

const scanCount = 1_000;

/** A part of Redis that no other test file sees. */
export function freshNamespace(): FreshNamespace {
  const redisUrl = testRedisUrl();
  const namespace = `t${randomBytes(5).toString('hex')}:`;
  return { redisUrl, namespace, clear: () => clearNamespace(redisUrl, namespace) };
}

async function clearNamespace(redisUrl: string, namespace: string): Promise<void> {
  const redis = new Redis(redisUrl);
  try {
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${namespace}*`, 'COUNT', scanCount);
      if (keys.length > 0) await redis.unlink(...keys);
      cursor = next;
    } while (cursor !== '0');
  } finally {
    redis.disconnect();
  }
}
