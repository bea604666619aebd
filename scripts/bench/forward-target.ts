/** One server of the forward bench in a process of its own. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { proxy } from 'hono/proxy';
import { Pool } from 'undici';
import { loadGatewayConfig } from '../../queue-gateway/config.ts';
import { startGateway } from '../../queue-gateway/server.ts';
import { serveBench } from './bench-process.ts';

export interface TargetOrders {
  kind: 'bare' | 'hono-proxy' | 'undici-hono' | 'ours';
  /** Where the upstream is; empty for the upstream itself. */
  upstream: string;
  /** Environment of the gateway, for `ours`. */
  env: Record<string, string>;
}

const body = JSON.stringify({
  items: Array.from({ length: 4 }, (_, i) => ({
    concertScheduleId: String(i + 1),
    concertDt: '2030-01-01T10:00:00.000Z',
    totalSeat: 50,
    seatsLeft: 50,
  })),
  nextCursor: null,
});

const listen = (listener: Parameters<typeof createServer>[1]): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer({ keepAliveTimeout: 65_000 }, listener);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

/** Answers every request at once: the upstream, and the figure no proxy can beat. */
const bare = (): Promise<number> =>
  listen((_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });

function honoProxy(upstream: string): Promise<number> {
  const app = new Hono();
  const targetOf = (url: string): string => url.slice(url.indexOf('/', 8));
  app.get('*', (c) => proxy(`${upstream}${targetOf(c.req.url)}`, { ...c.req }));
  const listener = getRequestListener(app.fetch);
  return listen((request, response) => void listener(request, response));
}

/** The least a forwarder under Hono can do: no check, no signature, the answer to the socket. */
function undiciHono(upstream: string): Promise<number> {
  const pool = new Pool(upstream, { connections: 128 });
  const app = new Hono<{ Bindings: { incoming: IncomingMessage; outgoing: ServerResponse } }>();
  app.get('*', async (c) => {
    const { outgoing } = c.env;
    await pool.stream(
      { path: String(c.env.incoming.url), method: 'GET' },
      ({ statusCode, headers }) => {
        outgoing.writeHead(statusCode, {
          'content-type': String(headers['content-type']),
          'content-length': String(headers['content-length']),
        });
        return outgoing;
      },
    );
    return RESPONSE_ALREADY_SENT;
  });
  const listener = getRequestListener(app.fetch);
  return listen((request, response) => void listener(request, response));
}

/** The gateway as it is, with a line that says yes. */
async function ours({ upstream, env }: TargetOrders): Promise<number> {
  const config = loadGatewayConfig({ ...env, CORE_URL: upstream, GATEWAY_PORT: '0' });
  const gateway = await startGateway(config, {
    openLine: () =>
      Promise.resolve({
        gate: {
          endedReason: () => undefined,
          waitingSummary: () => ({ position: 1, pollAfterMs: 1_000 }),
          checkLease: () => Promise.resolve(),
          touch: () => undefined,
        },
        routes: () => undefined,
        pingRedis: () => Promise.resolve(),
        collect: () => Promise.resolve(),
        drain: () => undefined,
        close: () => Promise.resolve(),
      }),
  });
  return gateway.port;
}

const starters: Record<TargetOrders['kind'], (orders: TargetOrders) => Promise<number>> = {
  bare,
  'hono-proxy': ({ upstream }) => honoProxy(upstream),
  'undici-hono': ({ upstream }) => undiciHono(upstream),
  ours,
};

serveBench<TargetOrders>((orders) => starters[orders.kind](orders));
