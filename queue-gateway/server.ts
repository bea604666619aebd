import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../shared/logger.ts';
import { createLogger } from '../shared/logger.ts';
import { composeGateway, type Gateway, type GatewayOverrides } from './compose.ts';
import type { GatewayConfig } from './config.ts';
import { createClientAddress } from './http/client-address.ts';
import { answerClientError } from './http/client-error.ts';
import { limitConnections } from './http/connection-limit.ts';
import { createCors } from './http/cors-rules.ts';
import { edgeResponseClass } from './http/edge-response.ts';
import { createListener } from './http/listener.ts';
import { securityHeaders } from './http/security-headers.ts';

export interface RunningGateway {
  url: string;
  port: number;
  /** Stops accepting, lets requests finish within `shutdownSeconds`, closes what was opened. */
  close(): Promise<void>;
}

/**
 * How long a caller may take. Node looks at them only every `connectionsCheckingInterval`, which
 * is half a minute unless it is told otherwise.
 */
const limits = {
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1_024,
  requireHostHeader: false, // edge-rules.ts does, and answers in words.
  insecureHTTPParser: false,
};
const maxConnections = 65_536;

function listen(server: Server, config: GatewayConfig): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo); // A TCP server has no other kind of address.
    });
  });
}

/**
 * Resolves when every connection has ended; those still busy at the deadline are cut off. A kept
 * connection whose last answer began before the stop falls idle later, so idle ones are looked
 * for until the end.
 */
function stopServer(server: Server, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(deadline);
      resolve();
    });
  });
}

async function createEdgeServer(
  gateway: Gateway,
  config: GatewayConfig,
  log: Logger,
): Promise<Server> {
  const listener = createListener({
    ...gateway.surface,
    log,
    clientAddress: createClientAddress(config.trustedProxies),
    cors: createCors(config.corsOrigins),
    isDraining: gateway.isDraining,
  });
  const edgeResponse = edgeResponseClass(await securityHeaders());
  const server = createServer({ ...limits, ServerResponse: edgeResponse }, listener);
  server.maxConnections = maxConnections;
  if (config.rateLimits) limitConnections(server, config);
  server.on('clientError', answerClientError);
  return server;
}

/** Opens what the gateway needs, then listens. */
export async function startGateway(
  config: GatewayConfig,
  overrides: GatewayOverrides = {},
): Promise<RunningGateway> {
  const log = createLogger({ service: 'queue-gateway', level: config.logLevel });
  const gateway = await composeGateway(config, log, overrides);
  const server = await createEdgeServer(gateway, config, log);
  let address: AddressInfo;
  try {
    address = await listen(server, config);
  } catch (error) {
    await gateway.close();
    throw error;
  }
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  const url = `http://${host.replace(/^0\.0\.0\.0$|^\[::\]$/, '127.0.0.1')}:${address.port}`;
  log.info({ url }, 'listening');
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    gateway.drain();
    await stopServer(server, config.shutdownSeconds * 1_000);
    await gateway.close();
    log.info('stopped');
  };
  return {
    url,
    port: address.port,
    close: () => (closing ??= close()),
  };
}
