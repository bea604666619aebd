import type { Bind } from './http/bind.ts';
import { createGuard } from './http/guard.ts';
import { createServiceGuard } from './http/service-guard.ts';
import { watchKeys } from '../shared/key-watch.ts';
import type { Logger } from '../shared/logger.ts';
import { createMetricsPage } from '../shared/metrics.ts';
import { openRedis } from '../shared/redis/client.ts';
import { createApp, type EdgeSurface } from './app.ts';
import type { GatewayConfig } from './config.ts';
import { createCoreClient } from './core-client/core-client.ts';
import { createUpstream, type Upstream } from './forward/upstream.ts';
import { redisAdvice } from './health/redis-advice-store.ts';
import { healthRoutes, jwksRoutes } from './health/health-routes.ts';
import { keyFaults } from '../shared/key-rules.ts';
import { openLimits } from './limits/open-limits.ts';
import { type Line, type OpenLine, openLine } from './line.ts';
import { createGatewayMetrics, type GatewayMetrics } from './metrics/gateway-metrics.ts';
import { meterForwards } from './metrics/meter.ts';
import { metricsRoutes } from './metrics/metrics-routes.ts';
import { createAccessTokens } from './tokens/access-token.ts';
import { createActiveTokens } from './tokens/active-token.ts';
import { createQueueTokens } from './tokens/queue-tokens.ts';
import { createReceipts } from './tokens/receipts.ts';
import { createWaitingTokens } from './tokens/waiting-token.ts';

export interface Gateway {
  surface: EdgeSurface;
  isDraining: () => boolean;
  /** Not ready from now on; streams end with a hint to come back. */
  drain(): void;
  close(): Promise<void>;
}

/** What a test may put in the place of the real thing. */
export interface GatewayOverrides {
  openLine?: OpenLine;
  /** Unix time in ms. */
  now?: () => number;
  /** Largest streamed body. */
  uploadLimitBytes?: number;
}

function createTokens(config: GatewayConfig, now: () => number) {
  const access = createAccessTokens({ keys: config.accessTokenPublicKeys, now });
  const waiting = createWaitingTokens({ keys: config.waitingTokenKeys, now });
  const active = createActiveTokens({ keys: config.activeTokenKeys, now });
  const receipts = createReceipts({ keys: config.receiptKeys, now });
  return { access, waiting, active, receipts, queue: createQueueTokens({ waiting, active }) };
}

/** What anybody may verify: access and active tokens, receipts, tickets. */
const publishedKeys = (config: GatewayConfig) => [
  config.accessTokenPublicKeys,
  config.activeTokenKeys,
  config.receiptKeys,
  config.ticketPublicKeys,
];

/** Says once what is wrong with the stores for a sale; nothing waits for it. */
async function adviseOnStores(config: GatewayConfig, log: Logger): Promise<void> {
  const { redisUrl: url, redisTimeoutMs: commandTimeoutMs } = config;
  const redis = await openRedis({ url, profile: 'command', commandTimeoutMs, log });
  try {
    for (const advice of await redisAdvice(redis)) log.warn(advice);
  } catch {
    // A Redis that is away, or does not tell, is reported by those who need it.
  } finally {
    redis.disconnect();
  }
}

const openUpstream = (
  config: GatewayConfig,
  metrics: GatewayMetrics,
  now: () => number,
): Upstream =>
  createUpstream({
    url: config.coreUrl,
    connections: config.coreConnections,
    now,
    onForwarded: meterForwards(metrics),
  });

/** What is nobody's own: public keys, and the metrics for their token. */
function openRoutes(config: GatewayConfig, { registry }: GatewayMetrics, { collect }: Line) {
  const page = createMetricsPage({ registry, token: config.metricsToken, collect });
  return [
    (bind: Bind) => jwksRoutes(bind, publishedKeys(config)),
    (bind: Bind) => metricsRoutes(bind, page),
  ];
}

/** Opens everything the gateway needs and wires it; `close` closes it in reverse. */
export async function composeGateway(
  config: GatewayConfig,
  log: Logger,
  overrides: GatewayOverrides,
): Promise<Gateway> {
  const { now = Date.now } = overrides;
  let draining = false;
  const isDraining = (): boolean => draining;
  const keys = watchKeys({ config, faults: keyFaults, log });
  const tokens = createTokens(config, now);
  const core = createCoreClient({ url: config.coreUrl, assertionKeys: config.assertionKeys, now });
  const metrics = createGatewayMetrics();
  const upstream = openUpstream(config, metrics, now);
  const line = await (overrides.openLine ?? openLine)({ config, log, core, tokens, metrics });
  const limits = await openLimits(config, log);
  const guard = createGuard({
    accessTokens: tokens.access,
    queueTokens: tokens.queue,
    line: line.gate,
    limits: limits.limits,
  });

  const surface = createApp({
    log,
    onProblem: (code) => metrics.problems.inc({ code }),
    guard,
    serviceGuard: createServiceGuard({ keys: config.assertionKeys, now }),
    routes: [
      line.routes,
      (bind) =>
        healthRoutes(bind, { pingRedis: line.pingRedis, coreReady: core.ready, isDraining }),
      ...openRoutes(config, metrics, line),
    ],
    forward: {
      line: line.gate,
      upstream,
      assertionKeys: config.assertionKeys,
      now,
      timeoutMs: config.coreTimeoutMs,
      uploadLimitBytes: overrides.uploadLimitBytes,
      loginBrake: limits.loginBrake,
    },
    pages: { accessTokens: tokens.access },
  });
  if (config.nodeEnv === 'production') void adviseOnStores(config, log);
  return {
    surface,
    isDraining,
    drain() {
      draining = true;
      line.drain();
    },
    async close() {
      limits.close();
      await line.close();
      await upstream.close();
      await core.close();
      keys.close();
    },
  };
}
