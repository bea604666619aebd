/** One server of the benches of the core in a process of its own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadCoreConfig } from '../../core-api/config.ts';
import { startCore } from '../../core-api/server.ts';
import { serveBench } from './bench-process.ts';

export type CoreTargetOrders =
  | { kind: 'core'; env: Record<string, string>; locks: 'on' | 'off' }
  /** Answers every request at once with this JSON: the figure nobody can beat. */
  | { kind: 'bare'; body: string };

async function core({ env, locks }: CoreTargetOrders & { kind: 'core' }): Promise<number> {
  // Express asks it, too.
  process.env['NODE_ENV'] = env['NODE_ENV'];
  return (await startCore(loadCoreConfig(env), { locks })).port;
}

function bare({ body }: CoreTargetOrders & { kind: 'bare' }): Promise<number> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const server = createServer({ keepAliveTimeout: 65_000 }, (_request, response) => {
    response.writeHead(200, headers).end(body);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

serveBench<CoreTargetOrders>((orders) => (orders.kind === 'core' ? core(orders) : bare(orders)));
