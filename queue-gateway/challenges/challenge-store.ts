import type { RedisClient } from '../../shared/redis/client.ts';
import { callStore } from '../../shared/redis/store-errors.ts';

/** Which challenges were used, for as long as they could be shown again. */
export interface ChallengeStore {
  /** Whether this is the first use. @throws Problem `unavailable`. */
  use(roomId: string, nonce: string, ttlMs: number): Promise<boolean>;
  /** It got nobody in, so it was not used after all. */
  giveBack(roomId: string, nonce: string): Promise<void>;
}

export function createChallengeStore(options: {
  redis: RedisClient;
  namespace: string;
}): ChallengeStore {
  const { redis, namespace } = options;
  const keyOf = (roomId: string, nonce: string): string =>
    `${namespace}{room:${roomId}}:challenge:${nonce}`;
  return {
    use: async (roomId, nonce, ttlMs) =>
      (await callStore(() => redis.set(keyOf(roomId, nonce), '1', 'PX', ttlMs, 'NX'))) === 'OK',
    giveBack: async (roomId, nonce) => {
      await callStore(() => redis.del(keyOf(roomId, nonce)));
    },
  };
}
