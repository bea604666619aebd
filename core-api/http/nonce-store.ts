import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { Problem } from '../../shared/problems.ts';

export interface NonceStoreOptions {
  redis: Pick<Redis, 'set'>;
  /** Before every key. */
  namespace: string;
}

/** An assertion is taken 30 s before and after its time; a nonce older than that is of no use. */
const nonceTtlMs = 61_000;
const ownMax = 200_000;

/**
 * Refuses a nonce that was used before: in this process, or in another one of the core, which it
 * learns from `<namespace>nonce:<nonce>` in Redis. While Redis is away each process knows its own.
 * @throws Problem `assertion-invalid`
 */
export function createNonceStore(options: NonceStoreOptions): (nonce: string) => Promise<void> {
  const { redis, namespace } = options;
  const own = new LRUCache<string, true>({ max: ownMax, ttl: nonceTtlMs });

  const isUsedElsewhere = async (nonce: string): Promise<boolean> => {
    const key = `${namespace}nonce:${nonce}`;
    const taken = await redis.set(key, '1', 'PX', nonceTtlMs, 'NX').catch(() => 'OK');
    return taken === null;
  };

  return async function useNonce(nonce) {
    const isUsedHere = own.has(nonce);
    own.set(nonce, true);
    if (isUsedHere || (await isUsedElsewhere(nonce)))
      throw new Problem('assertion-invalid', { cause: new Error('replayed') });
  };
}
