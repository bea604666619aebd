import { keyFaults } from '../shared/key-rules.ts';
import { watchKeys } from '../shared/key-watch.ts';
import type { Logger } from '../shared/logger.ts';
import { createMetricsPage } from '../shared/metrics.ts';
import { openRedis } from '../shared/redis/client.ts';
import { createApp } from './app.ts';
import { composeFeatures } from './compose-features.ts';
import { openOutside } from './compose-outside.ts';
import { composeSales } from './compose-sales.ts';
import type { CoreConfig } from './config.ts';
import { createDatabase, type Database } from './db/database.ts';
import { warnOfWeakSettings } from './db/durability.ts';
import { createReplicaReads } from './db/replica-reads.ts';
import { watchEventLoopDelay } from './health/event-loop-delay.ts';
import { loadRoutes, openHealthRoutes } from './health/health-routes.ts';
import { createHealthService } from './health/health-service.ts';
import { createLoadMeter, type LoadMeter } from './health/load-meter.ts';
import { createLoadService, type LoadService } from './health/load-service.ts';
import type { Bind, OnAnswered } from './http/bind.ts';
import { bindChanges } from './http/bind-changes.ts';
import { createNonceStore } from './http/nonce-store.ts';
import { createPeerCheck } from './http/peer-check.ts';
import { createCoreCollector } from './metrics/core-collector.ts';
import { type CoreMetrics, createCoreMetrics } from './metrics/core-metrics.ts';
import { meterCallers, meterDelivery } from './metrics/meter.ts';
import { createMetricsRepository } from './metrics/metrics-repository.ts';
import { metricsRoutes } from './metrics/metrics-routes.ts';
import { createNoLocks, type LockService } from './lock/lock-service.ts';
import { openLocks } from './lock/open-locks.ts';
import { createEventDelivery } from './outbox/event-delivery.ts';

/** What a test may put in the place of the real thing. */
export interface CoreOverrides {
  /** `off` runs every call with the database alone. */
  locks?: 'on' | 'off';
  /** Where events go, asked for each delivery; the configured address unless said. */
  gatewayUrl?: () => string;
  /** Puts something around the database, e.g. to see its statements. */
  aroundDatabase?: (database: Database) => Database;
}

export interface Core {
  app: ReturnType<typeof createApp>;
  /** Starts the jobs. */
  start(): void;
  /** Not ready from now on. */
  drain(): void;
  close(): Promise<void>;
}

/** How long a request waits for a connection before it is told to come back. */
const acquireTimeoutMs = 5_000;
/** Far beyond any statement of a request; a stalled server is given up after this. */
const statementTimeoutMs = 5_000;

/** A replica that is slow is as good as away: the primary is asked instead. */
const replicaTimeouts = { acquireTimeoutMs: 1_000, statementTimeoutMs: 2_000 };
const replicaLagMaxSeconds = 10;

/** How long the start waits for a Redis that is away. */
const redisReadyWithinMs = 1_000;

function openLocksOf(
  config: CoreConfig,
  logger: Logger,
  locks: 'on' | 'off',
): Promise<LockService> {
  if (locks === 'off') return Promise.resolve(createNoLocks());
  return openLocks({
    urls: config.lockRedisUrls,
    namespace: config.redisNamespace,
    downPolicy: config.lockDownPolicy,
    downPlaces: config.databasePoolMax,
    commandTimeoutMs: config.redisTimeoutMs,
    logger,
  });
}

/** The stores, each with what closes it. */
async function openStores(config: CoreConfig, logger: Logger, overrides: CoreOverrides) {
  const { locks: locksMode = 'on', aroundDatabase = (same) => same } = overrides;
  const straight = createDatabase({
    databaseUrl: config.databaseUrl,
    poolMax: config.databasePoolMax,
    acquireTimeoutMs,
    statementTimeoutMs,
    logger,
  });
  const database = aroundDatabase(straight);
  const replicas = config.databaseReplicaUrls.map((databaseUrl) =>
    createDatabase({ databaseUrl, poolMax: config.databasePoolMax, ...replicaTimeouts, logger }),
  );
  const [redis, locks] = await Promise.all([
    openRedis({
      url: config.redisUrl,
      profile: 'command',
      commandTimeoutMs: config.redisTimeoutMs,
      log: logger,
      readyWithinMs: redisReadyWithinMs,
    }),
    openLocksOf(config, logger, locksMode),
  ]);
  if (config.nodeEnv === 'production') void warnOfWeakSettings(database, logger);
  return {
    database,
    shown: createReplicaReads({
      primary: database,
      replicas,
      logger,
      now: () => performance.now(),
      lagMaxSeconds: replicaLagMaxSeconds,
    }),
    redis,
    locks,
    close: async () => {
      await locks.close();
      redis.disconnect();
      await Promise.all(replicas.map((replica) => replica.close()));
      await straight.close();
    },
  };
}

/** How the core fares, for the gateway and for whoever reads the metrics. */
function openLoad({ database, locks }: Awaited<ReturnType<typeof openStores>>) {
  const delay = watchEventLoopDelay();
  const meter = createLoadMeter();
  const load = createLoadService({
    meter,
    poolWaitMs: () => database.poolStats().waitMs,
    lockWaitMs: () => locks.stats().waitMs,
    eventLoopDelayMs: delay.read,
  });
  return { meter, load, closeLoad: delay.close };
}

const countAnswers =
  ({ answers, durations }: CoreMetrics, meter: LoadMeter): OnAnswered =>
  ({ name, guard }, { status, code, durationMs }) => {
    answers.inc({ endpoint: name, code });
    durations.observe({ endpoint: name }, durationMs / 1_000);
    // The load of those inside: open calls are cached or slow on purpose, internal ones rare.
    if (guard !== 'open' && guard !== 'service') meter.record(status, durationMs);
  };

const metricsPageOf = (
  config: CoreConfig,
  metrics: CoreMetrics,
  { database, load }: { database: Database; load: LoadService },
) =>
  createMetricsPage({
    registry: metrics.registry,
    token: config.metricsToken,
    collect: createCoreCollector({
      metrics,
      rows: createMetricsRepository(database),
      load: load.figures,
    }),
  });

/** Opens everything the core needs and wires it; `close` closes it in reverse. */
export async function composeCore(
  config: CoreConfig,
  logger: Logger,
  overrides: CoreOverrides,
): Promise<Core> {
  const { gatewayUrl = () => config.gatewayUrl } = overrides;
  let isClosing = false;
  const { assertionKeys } = config;
  const keys = watchKeys({ config, faults: keyFaults, log: logger });
  const stores = await openStores(config, logger, overrides);
  const { database, shown, redis, locks } = stores;
  const metrics = createCoreMetrics();
  const delivery = meterDelivery(createEventDelivery({ gatewayUrl, assertionKeys }), metrics);
  const outside = openOutside(config);
  const sales = composeSales({ ...config, database, locks, logger, delivery, outside });
  const features = composeFeatures(config, database, shown);
  const { meter, load, closeLoad } = openLoad(stores);
  const health = createHealthService({
    database,
    pingRedis: () => redis.ping(),
    needsRedis: config.lockDownPolicy === 'closed',
    isClosing: () => isClosing,
  });
  const app = createApp({
    logger,
    peerCheck: meterCallers(
      createPeerCheck({
        assertionKeys,
        useNonce: createNonceStore({ redis, namespace: config.redisNamespace }),
      }),
      metrics,
    ),
    checkReplies: config.nodeEnv === 'test',
    openRoutes: [
      openHealthRoutes(health),
      metricsRoutes(metricsPageOf(config, metrics, { database, load })),
    ],
    // The router asks one after another: first those that a crowd calls.
    routes: [sales.routes, ...features.routes, (bind: Bind) => loadRoutes(bind, load)].map(
      (route) => (bind) => route(bindChanges(bind, features.forgetShown)),
    ),
    onAnswered: countAnswers(metrics, meter),
  });
  return {
    app,
    start: () => sales.jobs.start(),
    drain: () => {
      isClosing = true;
    },
    close: async () => {
      await sales.jobs.close();
      closeLoad();
      await delivery.close();
      await outside.close();
      await stores.close();
      keys.close();
    },
  };
}
