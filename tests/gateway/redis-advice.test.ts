import { expect } from 'chai';
import { Redis } from 'ioredis';
import { redisAdvice } from '../../queue-gateway/health/redis-advice-store.ts';
import { testRedisUrl } from '../harness/test-stores.ts';

describe('advice on Redis', () => {
  it('is given for a server that keeps nothing, and not for what is right', async () => {
    const redis = new Redis(testRedisUrl());
    try {
      // The server of the tests is tuned to forget; its eviction policy is the one a line needs.
      const advice = await redisAdvice(redis);
      expect(advice).to.deep.equal([
        'Redis keeps no append-only file: with it everybody in line would be lost.',
      ]);
    } finally {
      redis.disconnect();
    }
  });
});
