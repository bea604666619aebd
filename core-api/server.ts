import { createServer } from 'node:http';
import { createLogger } from '../shared/logger.ts';
import { type RunningService, serve } from '../shared/service.ts';
import { composeCore, type CoreOverrides } from './compose.ts';
import type { CoreConfig } from './config.ts';

const limits = {
  headersTimeout: 5_000,
  requestTimeout: 30_000,
  // Longer than the gateway keeps its end open, so that it is never the core that hangs up first.
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1_024,
};

/**
 * Opens what the core needs, listens, and starts the jobs. A database or Redis that is away stops
 * nothing: `/health/ready` says so, and calls are answered 503 until it is there.
 */
export async function startCore(
  config: CoreConfig,
  overrides: CoreOverrides = {},
): Promise<RunningService> {
  const logger = createLogger({ service: 'core-api', level: config.logLevel });
  const core = await composeCore(config, logger, overrides);
  const server = createServer(limits, core.app);
  const running = await serve(server, {
    host: config.host,
    port: config.port,
    shutdownSeconds: config.shutdownSeconds,
    drainSeconds: config.drainSeconds,
    logger,
    drain: core.drain,
    close: core.close,
  });
  core.start();
  return running;
}
