import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '../shared/logger.ts';
import { composeCore, type CoreOverrides } from './compose.ts';
import type { CoreConfig } from './config.ts';

export interface RunningCore {
  url: string;
  port: number;
  /** Stops accepting, lets requests finish within `shutdownSeconds`, closes what was opened. */
  close(): Promise<void>;
}

const limits = {
  headersTimeout: 5_000,
  requestTimeout: 30_000,
  // Longer than the gateway keeps its end open, so that it is never the core that hangs up first.
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1_024,
};

const idleSweepMs = 50;

/**
 * Opens what the core needs, listens, and starts the jobs. A database or Redis that is away stops
 * nothing: `/health/ready` says so, and calls are answered 503 until it is there.
 */
export async function startCore(
  config: CoreConfig,
  overrides: CoreOverrides = {},
): Promise<RunningCore> {
  const logger = createLogger({ service: 'core-api', level: config.logLevel });
  const core = await composeCore(config, logger, overrides);
  const server = createServer(limits, core.app);
  let address: AddressInfo;
  try {
    address = await listen(server, config);
  } catch (error) {
    await core.close();
    throw error;
  }
  core.start();
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  const url = `http://${host.replace(/^0\.0\.0\.0$|^\[::\]$/, '127.0.0.1')}:${address.port}`;
  logger.info({ url }, 'listening');

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    core.drain();
    await stopServer(server, config.shutdownSeconds * 1_000);
    await core.close();
    logger.info('stopped');
  };
  return { url, port: address.port, close: () => (closing ??= close()) };
}

function listen(server: Server, { host, port }: CoreConfig): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo); // A TCP server has no other kind of address.
    });
  });
}

/**
 * Resolves when every connection has ended; those still busy at the deadline are cut off. A
 * connection that finishes its request meanwhile would stay open for as long as it may be idle, so
 * the idle ones are looked for again and again.
 */
function stopServer(server: Server, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), deadlineMs);
    const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs);
    server.close(() => {
      clearTimeout(timer);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
