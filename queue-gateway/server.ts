import { createServer, type RequestListener, type Server } from 'node:http';
import type { Logger } from '../shared/logger.ts';
import { createLogger } from '../shared/logger.ts';
import { type RunningService, serve } from '../shared/service.ts';
import { shareOf } from '../shared/worker-rules.ts';
import { composeGateway, type Gateway, type GatewayOverrides } from './compose.ts';
import type { GatewayConfig } from './config.ts';
import { followCertificate, loadCertificate } from './http/certificate.ts';
import { createClientAddress } from './http/client-address.ts';
import { limitConnections } from './http/connection-limit.ts';
import { createCors } from './http/cors-rules.ts';
import { edgeResponseClass } from './http/edge-response.ts';
import { edgeHttp2ResponseClass } from './http/http2-response.ts';
import { createListener } from './http/listener.ts';
import { answerOddRequests } from './http/odd-requests.ts';
import { createSecureEdgeServer } from './http/secure-server.ts';
import { securityHeaders } from './http/security-headers.ts';
import { keepRequestsYoung } from './young-heap.ts';

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

interface EdgeServer {
  server: Server;
  /** Tells connections that outlive many requests to go elsewhere. */
  sayGoodbye(): void;
  close(): void;
}

/** HTTP/1.1, or with a certificate HTTP/2 and HTTP/1.1 over TLS. */
async function openServer(
  { tls }: GatewayConfig,
  log: Logger,
  listener: RequestListener,
): Promise<EdgeServer> {
  const headers = await securityHeaders({ overTls: tls !== undefined });
  const http1Response = edgeResponseClass(headers);
  if (!tls) {
    const server = createServer({ ...limits, ServerResponse: http1Response }, listener);
    return { server, sayGoodbye: () => undefined, close: () => undefined };
  }
  const http2Response = edgeHttp2ResponseClass(headers);
  const certificate = loadCertificate(tls);
  const classes = { http1Response, http2Response };
  const secure = createSecureEdgeServer({ certificate, limits, ...classes }, listener);
  return { ...secure, close: followCertificate(tls, log, secure.renew) };
}

async function createEdgeServer(
  gateway: Gateway,
  config: GatewayConfig,
  log: Logger,
): Promise<EdgeServer> {
  const listener = createListener({
    ...gateway.surface,
    log,
    clientAddress: createClientAddress(config.trustedProxies),
    cors: createCors(config.corsOrigins),
    isDraining: gateway.isDraining,
  });
  const edge = await openServer(config, log, listener);
  const { server } = edge;
  server.maxConnections = maxConnections;
  if (config.rateLimits) {
    const { trustedProxies, addressConnectionsMax: max, webConcurrency } = config;
    limitConnections(server, {
      trustedProxies,
      addressConnectionsMax: shareOf(max, webConcurrency),
    });
  }
  answerOddRequests(server);
  return edge;
}

/** Opens what the gateway needs, then listens. */
export async function startGateway(
  config: GatewayConfig,
  overrides: GatewayOverrides = {},
): Promise<RunningService> {
  keepRequestsYoung();
  const log = createLogger({ service: 'queue-gateway', level: config.logLevel });
  const gateway = await composeGateway(config, log, overrides);
  const edge = await createEdgeServer(gateway, config, log);
  return serve(edge.server, {
    scheme: config.tls ? 'https' : 'http',
    host: config.host,
    port: config.port,
    shutdownSeconds: config.shutdownSeconds,
    drainSeconds: config.drainSeconds,
    logger: log,
    drain() {
      gateway.drain();
      edge.sayGoodbye();
    },
    close() {
      edge.close();
      return gateway.close();
    },
  });
}
