import { createServer, type Server } from 'node:http';
import type { Logger } from '../shared/logger.ts';
import { createLogger } from '../shared/logger.ts';
import { type RunningService, serve } from '../shared/service.ts';
import { shareOf } from '../shared/worker-rules.ts';
import { composeGateway, type Gateway, type GatewayOverrides } from './compose.ts';
import type { GatewayConfig } from './config.ts';
import { createClientAddress } from './http/client-address.ts';
import { limitConnections } from './http/connection-limit.ts';
import { createCors } from './http/cors-rules.ts';
import { edgeResponseClass } from './http/edge-response.ts';
import { createListener } from './http/listener.ts';
import { answerOddRequests } from './http/odd-requests.ts';
import { securityHeaders } from './http/security-headers.ts';

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
  if (config.rateLimits) {
    const { trustedProxies, addressConnectionsMax: max, webConcurrency } = config;
    limitConnections(server, {
      trustedProxies,
      addressConnectionsMax: shareOf(max, webConcurrency),
    });
  }
  answerOddRequests(server);
  return server;
}

/** Opens what the gateway needs, then listens. */
export async function startGateway(
  config: GatewayConfig,
  overrides: GatewayOverrides = {},
): Promise<RunningService> {
  const log = createLogger({ service: 'queue-gateway', level: config.logLevel });
  const gateway = await composeGateway(config, log, overrides);
  const server = await createEdgeServer(gateway, config, log);
  return serve(server, {
    host: config.host,
    port: config.port,
    shutdownSeconds: config.shutdownSeconds,
    drainSeconds: config.drainSeconds,
    logger: log,
    drain: gateway.drain,
    close: gateway.close,
  });
}
