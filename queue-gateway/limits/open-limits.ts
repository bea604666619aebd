import type { Logger } from '../../shared/logger.ts';
import { openRedis } from '../../shared/redis/client.ts';
import type { GatewayConfig } from '../config.ts';
import { createLimits, type Limits, noLimits } from './limit-service.ts';
import { createLimitStore } from './limit-store.ts';
import { createLoginBrake, type LoginBrake, noBrake } from './login-service.ts';

export interface OpenLimits {
  limits: Limits;
  loginBrake: LoginBrake;
  close(): void;
}

/** The limits by configuration; off, nothing is counted and Redis is not asked. */
export async function openLimits(
  config: Pick<GatewayConfig, 'rateLimits' | 'redisUrl' | 'redisNamespace' | 'redisTimeoutMs'>,
  log: Logger,
): Promise<OpenLimits> {
  if (!config.rateLimits) return { limits: noLimits, loginBrake: noBrake, close: () => undefined };
  // Nothing waits for it: until it is there each process counts for itself.
  const redis = await openRedis({
    url: config.redisUrl,
    profile: 'command',
    commandTimeoutMs: config.redisTimeoutMs,
    log,
    readyWithinMs: 500,
  });
  const store = createLimitStore({ redis, namespace: config.redisNamespace });
  return {
    limits: createLimits(store),
    loginBrake: createLoginBrake(store),
    close: () => redis.disconnect(),
  };
}
