/**
 * One server of the benches of the line in a process of its own: the gateway on a real Redis with
 * a core that is a few lines of memory, or a bare server that answers the same.
 */
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { Redis } from 'ioredis';
import { loadGatewayConfig } from '../../queue-gateway/config.ts';
import type { CoreClient } from '../../queue-gateway/core-client/core-client.ts';
import { openLine } from '../../queue-gateway/line.ts';
import { startGateway } from '../../queue-gateway/server.ts';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import { serveBench } from './bench-process.ts';

export type LineOrders =
  | BareOrders
  | { kind: 'stream'; document: string }
  | { kind: 'gateway'; env: Record<string, string>; rooms: RoomSetting[] };

export interface BareOrders {
  kind: 'bare';
  join: object;
  status: object;
  /** A join asks this Redis once, over raw ioredis; without it nothing is asked. */
  redisUrl?: string;
}

const listen = (listener: RequestListener): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer(listener);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

/** What Hono reaches on one process when there is nothing to do but to answer. */
function bare({ join, status, redisUrl }: BareOrders): Promise<number> {
  const app = new Hono();
  if (redisUrl === undefined) {
    app.post('/queue/:concertId/tokens', (c) => c.json(join, 201));
  } else {
    const redis = new Redis(redisUrl, { enableAutoPipelining: true });
    app.post('/queue/:concertId/tokens', async (c) => {
      await redis.incr('bare');
      return c.json(join, 201);
    });
  }
  app.get('/queue/:concertId/tokens/me', (c) => c.json(status));
  const listener = getRequestListener(app.fetch);
  return listen((request, response) => void listener(request, response));
}

const streamMs = 1_000;
/** When each document was sent; Unix time in ms. */
const sentAtMs: number[] = [];

/** A document a second to whoever listens: the least a stream of events can do. */
function stream({ document }: LineOrders & { kind: 'stream' }): Promise<number> {
  const listeners = new Set<ServerResponse>();
  const event = (): string => `event: room\nid: ${sentAtMs.length}\ndata: ${document}\n\n`;
  setInterval(() => {
    sentAtMs.push(performance.timeOrigin + performance.now());
    const bytes = Buffer.from(event());
    for (const listener of listeners) listener.write(bytes);
  }, streamMs);
  return listen((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event());
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
  });
}

const idle = {
  requests: 0,
  p95Ms: 1,
  errorShare: 0,
  poolWaitMs: 0,
  lockWaitMs: 0,
  eventLoopDelayMs: 0,
};

function memoryCore(rooms: readonly RoomSetting[]): Partial<CoreClient> {
  const find = (id: string) => rooms.find(({ concertId }) => concertId === id);
  return {
    listRooms: () => Promise.resolve([...rooms]),
    getRoomSetting: (id) => Promise.resolve(find(id)),
    getInventory: (concertId) =>
      Promise.resolve({ concertId, total: 1e9, held: 0, sold: 0, sellable: 1e9 }),
    getLoad: () => Promise.resolve(idle),
    ready: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  };
}

async function gateway({ env, rooms }: LineOrders & { kind: 'gateway' }): Promise<number> {
  const config = loadGatewayConfig(env);
  const { port } = await startGateway(config, {
    openLine: (deps) => openLine({ ...deps, core: { ...deps.core, ...memoryCore(rooms) } }),
  });
  return port;
}

function start(orders: LineOrders): Promise<number> {
  if (orders.kind === 'bare') return bare(orders);
  return orders.kind === 'stream' ? stream(orders) : gateway(orders);
}

serveBench<LineOrders>(start, { sent: () => sentAtMs });
