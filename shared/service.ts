import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logger.ts';

/**
 * How a process goes. Always: not ready from now on, every answer asks its caller to close the
 * connection, requests under way finish within the bound.
 * - `now`: nobody new is let in, idle connections are closed.
 * - `announced`: the same, after time for load balancers to see that it is not ready.
 * - `replaced`: others take over the port. Nobody new is let in, but open connections end by
 *   themselves: one that is closed while its next request is on the way is a failed request.
 */
export type Farewell = 'now' | 'announced' | 'replaced';

export interface RunningService {
  url: string;
  port: number;
  /** Goes, `now` unless said, and closes what was opened. */
  close(farewell?: Farewell): Promise<void>;
}

export interface ServeOptions {
  /** `http` unless said. */
  scheme?: 'http' | 'https';
  host: string;
  /** 0: any free one. */
  port: number;
  /** How long requests may go on after the stop. */
  shutdownSeconds: number;
  /** How long an announced stop waits for load balancers to look elsewhere. */
  drainSeconds: number;
  logger: Logger;
  /** Not ready from now on. */
  drain(): void;
  /** Closes what the service opened, in reverse. */
  close(): Promise<void>;
}

/** Listens, and stops in order. What was opened is closed when the port cannot be had. */
export async function serve(server: Server, options: ServeOptions): Promise<RunningService> {
  const { logger } = options;
  const shutdownMs = options.shutdownSeconds * 1_000;
  let address: AddressInfo;
  try {
    address = await listen(server, options);
  } catch (error) {
    await options.close();
    throw error;
  }
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  const url = `${options.scheme ?? 'http'}://${host.replace(/^0\.0\.0\.0$|^\[::\]$/, '127.0.0.1')}:${address.port}`;
  logger.info({ url }, 'listening');

  let closing: Promise<void> | undefined;
  const close = async (farewell: Farewell): Promise<void> => {
    logger.info({ farewell }, 'stopping');
    options.drain();
    server.prependListener('request', sayGoodbye);
    if (farewell === 'announced') await sleep(options.drainSeconds * 1_000);
    if (farewell === 'replaced') await letGo(server, shutdownMs);
    await stopServer(server, shutdownMs);
    await options.close();
    logger.info('stopped');
  };
  return { url, port: address.port, close: (farewell = 'now') => (closing ??= close(farewell)) };
}

/** RFC 9112 §9.6: the caller knows that it must not use this connection again. */
function sayGoodbye({ httpVersionMajor }: IncomingMessage, response: ServerResponse): void {
  // HTTP/2 has a frame for it, which the server itself sends.
  if (httpVersionMajor === 1) response.setHeader('connection', 'close');
}

/** Accepts nobody new and waits for everybody to leave, up to the deadline. */
function letGo(server: Server, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(resolve, deadlineMs);
    // The method of http.Server would hang up on idle callers as well.
    NetServer.prototype.close.call(server, () => {
      clearTimeout(deadline);
      resolve();
    });
  });
}

/**
 * Connections that wait to be taken; the kernel allows `net.core.somaxconn` at most. When a sale opens
 * thousands knock within the second, and those beyond are cut off.
 */
const backlog = 4_096;

function listen(server: Server, { host, port }: ServeOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog }, () => {
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
