import type { Server } from 'node:http';
import { url as inspectorUrl } from 'node:inspector';
import type { AddressInfo } from 'node:net';
import type { Logger } from './logger.ts';

export interface RunningService {
  url: string;
  port: number;
  /** Stops accepting, lets requests finish within the bound, closes what was opened. */
  close(): Promise<void>;
}

export interface ServeOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  /** How long requests may go on after the stop. */
  shutdownSeconds: number;
  logger: Logger;
  /** Not ready from now on. */
  drain(): void;
  /** Closes what the service opened, in reverse. */
  close(): Promise<void>;
}

/** Listens, and stops in order. What was opened is closed when the port cannot be had. */
export async function serve(server: Server, options: ServeOptions): Promise<RunningService> {
  const { logger, shutdownSeconds } = options;
  let address: AddressInfo;
  try {
    address = await listen(server, options);
  } catch (error) {
    await options.close();
    throw error;
  }
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  const url = `http://${host.replace(/^0\.0\.0\.0$|^\[::\]$/, '127.0.0.1')}:${address.port}`;
  logger.info({ url }, 'listening');

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    options.drain();
    await stopServer(server, shutdownSeconds * 1_000);
    await options.close();
    logger.info('stopped');
  };
  return { url, port: address.port, close: () => (closing ??= close()) };
}

function listen(server: Server, { host, port }: ServeOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo); // A TCP server has no other kind of address.
    });
  });
}

const idleSweepMs = 50;

/**
 * Resolves when every connection has ended; those still busy at the deadline are cut off. A
 * connection that finishes its request meanwhile would stay open for as long as it may be idle, so
 * the idle ones are looked for again and again.
 */
function stopServer(server: Server, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
    const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs);
    server.close(() => {
      clearTimeout(deadline);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}

type Env = Record<string, string | undefined>;

/**
 * The whole life of a service's process: starts it, closes it at the first SIGTERM or SIGINT, and
 * does not wait for anything at the second. A start that fails says why and exits with 1.
 */
export function runService(env: Env, start: (env: Env) => Promise<RunningService>): void {
  const run = async (): Promise<void> => {
    // Whoever reaches the port of the inspector has every key.
    if (env['NODE_ENV'] === 'production' && inspectorUrl() !== undefined)
      throw new Error('The inspector must not be open in production');
    const service = await start(env);
    const stop = (): void => {
      process.once('SIGTERM', () => process.exit(1));
      process.once('SIGINT', () => process.exit(1));
      service.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  };
  run().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}
