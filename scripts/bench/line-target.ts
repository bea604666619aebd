/**
 * One server of the benches of the line in a process of its own: the gateway on a real Redis with
 * a core that is a few lines of memory, or a bare handler that answers the same.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { loadGatewayConfig } from '../../queue-gateway/config.ts';
import type { CoreClient } from '../../queue-gateway/core-client/core-client.ts';
import { openLine } from '../../queue-gateway/line.ts';
import { startGateway } from '../../queue-gateway/server.ts';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import { serveBench } from './bench-process.ts';

export type LineOrders =
  | { kind: 'bare'; join: object; status: object }
  | { kind: 'gateway'; env: Record<string, string>; rooms: RoomSetting[] };

/** What Hono reaches on one process when there is nothing to do but to answer. */
function bare({ join, status }: LineOrders & { kind: 'bare' }): Promise<number> {
  const app = new Hono();
  app.post('/queue/:concertId/tokens', (c) => c.json(join, 201));
  app.get('/queue/:concertId/tokens/me', (c) => c.json(status));
  const listener = getRequestListener(app.fetch);
  return new Promise((resolve) => {
    const server = createServer((request, response) => void listener(request, response));
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
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

serveBench<LineOrders>((orders) => (orders.kind === 'bare' ? bare(orders) : gateway(orders)));
