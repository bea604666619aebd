import cluster from 'node:cluster';
import { url as inspectorUrl } from 'node:inspector';
import { createLogger } from './logger.ts';
import type { RunningService } from './service.ts';
import { runWorkers, type WorkerOrder } from './workers.ts';

type Env = Record<string, string | undefined>;

/** What of a service's configuration decides over its processes. */
export interface ProcessConfig {
  logLevel: string;
  /** Processes that share the port; 1 has no other one over it. */
  webConcurrency: number;
  drainSeconds: number;
  shutdownSeconds: number;
}

export interface ServiceMain<Config extends ProcessConfig> {
  name: 'core-api' | 'queue-gateway';
  /** @throws ConfigError */
  load(env: Env): Config;
  start(config: Config): Promise<RunningService>;
}

/** Beyond what a worker may take by its own bounds. */
const killAfterExtraMs = 5_000;

/**
 * The whole life of a service's process. A start that fails says why and exits with 1. SIGTERM and
 * SIGINT stop it in order, the second one at once; SIGHUP replaces the workers one by one.
 */
export function runService<Config extends ProcessConfig>(
  env: Env,
  main: ServiceMain<Config>,
): void {
  const run = async (): Promise<void> => {
    // Whoever reaches the port of the inspector has every key.
    if (env['NODE_ENV'] === 'production' && inspectorUrl() !== undefined)
      throw new Error('The inspector must not be open in production');
    const config = main.load(env);
    if (config.webConcurrency === 1) return runAlone(await main.start(config));
    if (cluster.isWorker) return runAsWorker(await main.start(config));
    const { webConcurrency: count, drainSeconds, shutdownSeconds } = config;
    return runWorkers({
      count,
      killAfterMs: (drainSeconds + 2 * shutdownSeconds) * 1_000 + killAfterExtraMs,
      log: createLogger({ service: main.name, level: config.logLevel }),
    });
  };
  run().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}

/** Ends the process with the service. */
function end(closed: Promise<void>): void {
  closed.then(
    () => process.exit(0),
    () => process.exit(1),
  );
}

function runAlone(service: RunningService): void {
  const stop = (): void => {
    process.once('SIGTERM', () => process.exit(1));
    process.once('SIGINT', () => process.exit(1));
    end(service.close('announced'));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // There is nobody to take over meanwhile, and a terminal that closes is no reason to end.
  process.on('SIGHUP', () => undefined);
}

/** A terminal or a service manager may signal every process: only the primary decides. */
function runAsWorker(service: RunningService): void {
  for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);
  process.on('SIGTERM', () => end(service.close('announced')));
  process.on('message', (order: WorkerOrder) => {
    if (order === 'stop') end(service.close('announced'));
    if (order === 'retire') end(service.close('replaced'));
  });
}
