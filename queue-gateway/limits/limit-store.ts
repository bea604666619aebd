import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
} from 'rate-limiter-flexible';
import type { RedisClient } from '../../shared/redis/client.ts';
import { failureMemorySeconds, type LimitRule } from './limit-rules.ts';

export interface Count {
  /** Calls of this window, this one included. */
  used: number;
  /** Until the window ends. */
  waitMs: number;
}

/** Counts calls in windows. Redis away: each process counts for itself until it is back. */
export interface LimitStore {
  count(rule: LimitRule, key: string): Promise<Count>;
  /** One more attempt of `key`, a failure until `takeBack` says otherwise; how many there are. */
  addAttempt(key: string): Promise<number>;
  takeBack(key: string): Promise<void>;
  forgetAttempts(key: string): Promise<void>;
  /**
   * The one attempt that `key` has in so many seconds. Of many at the same moment one gets it.
   * @returns 0, or how long another one has it, in ms.
   */
  takeTurn(key: string, seconds: number): Promise<number>;
  /** How long until `key` has a turn to take, in ms; 0 when it has one. */
  turnWaitMs(key: string): Promise<number>;
}

export interface LimitStoreOptions {
  redis: RedisClient;
  /** Before every key. */
  namespace: string;
}

/** Higher than any count gets: what is too many is decided here and not by the library. */
const never = 1_000_000_000;

export function createLimitStore({ redis, namespace }: LimitStoreOptions): LimitStore {
  const limiters = new Map<string, RateLimiterAbstract>();

  function limiterOf(name: string, seconds: number, where: LimitRule['where']) {
    const known = limiters.get(name);
    if (known) return known;
    const options = { keyPrefix: `${namespace}limit:${name}`, points: never, duration: seconds };
    const own = new RateLimiterMemory(options);
    const made =
      where === 'own'
        ? own
        : new RateLimiterRedis({
            ...options,
            storeClient: redis,
            rejectIfRedisNotReady: true,
            insuranceLimiter: own,
          });
    limiters.set(name, made);
    return made;
  }

  const turns = limiterOf('login-turn', failureMemorySeconds, 'shared');
  const attempts = limiterOf('login-attempt', failureMemorySeconds, 'shared');

  return {
    async count(rule, key) {
      const result = await limiterOf(rule.name, rule.seconds, rule.where).consume(key, 1);
      return { used: result.consumedPoints, waitMs: result.msBeforeNext };
    },
    addAttempt: async (key) => (await attempts.penalty(key, 1)).consumedPoints,
    async takeBack(key) {
      await attempts.reward(key, 1);
    },
    async forgetAttempts(key) {
      await Promise.all([attempts.delete(key), turns.delete(key)]);
    },
    async takeTurn(key, seconds) {
      const { consumedPoints, msBeforeNext } = await turns.consume(key, 1, {
        customDuration: seconds,
      });
      return consumedPoints === 1 ? 0 : msBeforeNext;
    },
    turnWaitMs: async (key) => (await turns.get(key))?.msBeforeNext ?? 0,
  };
}
