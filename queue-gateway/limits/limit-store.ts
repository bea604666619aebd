import type { Redis } from 'ioredis';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
} from 'rate-limiter-flexible';
import type { LimitRule } from './limit-rules.ts';

export interface Count {
  /** Calls of this window, this one included. */
  used: number;
  /** Until the window ends. */
  waitMs: number;
}

/** Counts calls in windows. Redis away: each process counts for itself until it is back. */
export interface LimitStore {
  count(rule: LimitRule, key: string): Promise<Count>;
  /** One more failure of `key`; how many there are now. */
  addFailure(key: string, memorySeconds: number): Promise<number>;
  forgetFailures(key: string): Promise<void>;
  pause(key: string, seconds: number): Promise<void>;
  /** How long `key` is paused, in ms; 0 when it is not. */
  pausedMs(key: string): Promise<number>;
}

export interface LimitStoreOptions {
  redis: Redis;
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

  const pauses = (): RateLimiterAbstract => limiterOf('login-pause', 1, 'shared');
  const failures = (seconds: number): RateLimiterAbstract =>
    limiterOf('login-failure', seconds, 'shared');

  return {
    async count(rule, key) {
      const result = await limiterOf(rule.name, rule.seconds, rule.where).consume(key, 1);
      return { used: result.consumedPoints, waitMs: result.msBeforeNext };
    },
    addFailure: async (key, memorySeconds) =>
      (await failures(memorySeconds).penalty(key, 1)).consumedPoints,
    async forgetFailures(key) {
      await failures(1).delete(key);
    },
    async pause(key, seconds) {
      await pauses().block(key, seconds);
    },
    async pausedMs(key) {
      const result = await pauses().get(key);
      return result && result.consumedPoints > never ? result.msBeforeNext : 0;
    },
  };
}
