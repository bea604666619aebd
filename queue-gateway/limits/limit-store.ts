import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
} from 'rate-limiter-flexible';
import type { RedisClient } from '../../shared/redis/client.ts';
import { failureMemorySeconds, type LimitRule } from './limit-rules.ts';
import { createOwnCounter } from './own-counter.ts';

export interface Count {
  /** Calls of this window, this one included. */
  used: number;
  /** Until the window ends. */
  waitMs: number;
}

/** Counts calls in windows. Redis away: each process counts for itself until it is back. */
export interface LimitStore {
  /** At once where a process counts for itself. */
  count(rule: LimitRule, key: string): Count | Promise<Count>;
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
  const counters = new Map<string, (key: string) => Count>();

  function counterOf({ name, seconds }: LimitRule): (key: string) => Count {
    const known = counters.get(name);
    if (known) return known;
    const made = createOwnCounter({ seconds, now: () => performance.now() });
    counters.set(name, made);
    return made;
  }

  function limiterOf(name: string, seconds: number) {
    const known = limiters.get(name);
    if (known) return known;
    const options = { keyPrefix: `${namespace}limit:${name}`, points: never, duration: seconds };
    const made = new RateLimiterRedis({
      ...options,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(options),
    });
    limiters.set(name, made);
    return made;
  }

  const turns = limiterOf('login-turn', failureMemorySeconds);
  const attempts = limiterOf('login-attempt', failureMemorySeconds);

  return {
    count(rule, key) {
      if (rule.where === 'own') return counterOf(rule)(key);
      const counting = limiterOf(rule.name, rule.seconds).consume(key, 1);
      return counting.then((result) => ({
        used: result.consumedPoints,
        waitMs: result.msBeforeNext,
      }));
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
