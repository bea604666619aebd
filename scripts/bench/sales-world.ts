import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { migrateUp } from '../../core-api/db/migrate.ts';
import { assertionHeader, signAssertion } from '../../shared/assertion.ts';
import { generatePrivateJwk, generateSecretJwk, loadSecretKeys } from '../../shared/keys.ts';
import { openServices } from '../stack/open-services.ts';
import { startProcess } from './bench-process.ts';
import type { CoreTargetOrders } from './core-target.ts';

/** Calls at once, and connections to the core. */
export const callers = 32;

/** An answer of the core. */
export interface BenchAnswer {
  status: number;
  // The benches read what they expect to be there; a wrong guess shows in their figures.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  headers: Record<string, string | string[] | undefined>;
  bytes: number;
}

export interface BenchCall {
  userId: string;
  concertId: string;
  method?: 'GET' | 'POST' | 'DELETE';
  path: string;
  json?: unknown;
  headers?: Record<string, string>;
}

export interface BenchCore {
  name: string;
  port: number;
  call(call: BenchCall): Promise<BenchAnswer>;
  /** A call as it stands on the wire; good for 30 s, and one that changes something only once. */
  bytesOf(call: BenchCall): Buffer;
  /** CPU time used so far in µs. */
  cpuMicros(): Promise<number>;
  /** What the process says to this word. */
  ask(word: string): Promise<unknown>;
  stop(): Promise<void>;
}

export interface SalesWorld {
  databaseUrl: string;
  /** Locks are on unless said. */
  startCore(env?: Record<string, string>, locks?: 'on' | 'off'): Promise<BenchCore>;
  stop(): Promise<void>;
}

/** Durable stores of its own, migrated, and a gateway that takes every event. */
export async function openSalesWorld(): Promise<SalesWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-'));
  const services = await openServices({
    dataDir,
    profile: 'durable',
    env: { PATH: process.env['PATH'] },
    log: () => undefined,
  });
  const { databaseUrl, redisUrl } = services;
  await migrateUp({ databaseUrl });
  const gateway = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  }).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const keySet = (key: unknown): string => JSON.stringify({ keys: [key] });
  const stores = {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    // A pause of the machine is not what is measured, and ends no bench.
    REDIS_TIMEOUT_MS: '2000',
    CORE_PORT: '0',
    GATEWAY_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    ACCESS_TOKEN_KEYS: keySet(generatePrivateJwk()),
    ASSERTION_KEYS: keySet(generateSecretJwk()),
    TICKET_KEYS: keySet(generatePrivateJwk()),
    PAYMENT_PROVIDER: 'webhook',
    PAYMENT_WEBHOOK_KEYS: keySet(generateSecretJwk()),
  };
  return {
    databaseUrl,
    startCore: (env, locks = 'on') => startCore({ ...stores, ...env }, locks),
    stop: async () => {
      gateway.close();
      await services.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function startCore(env: Record<string, string>, locks: 'on' | 'off'): Promise<BenchCore> {
  const orders: CoreTargetOrders = { kind: 'core', env, locks };
  const process = await startProcess('core-target', `core, locks ${locks}`, orders);
  const caller = createCaller(process.port, String(env['ASSERTION_KEYS']));
  return {
    ...process,
    bytesOf: caller.bytesOf,
    call: caller.call,
    stop: () => {
      process.stop();
      return caller.close();
    },
  };
}

/** Calls of the core as the gateway makes them. */
function createCaller(port: number, assertionKeys: string) {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: callers });
  const keys = loadSecretKeys(assertionKeys);
  function toSend({ userId, concertId, method = 'POST', path, json, headers }: BenchCall) {
    const body = Buffer.from(json === undefined ? '' : JSON.stringify(json));
    const signed = { audience: 'core-api', method, target: path, body } as const;
    const who = { userId, role: 'USER', room: concertId, entryId: '1' } as const;
    const all: Record<string, string> = {
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      [assertionHeader]: signAssertion({ keys }, signed, who),
      ...headers,
    };
    return { method, path, headers: all, body };
  }

  const call: BenchCore['call'] = async (wish) => {
    const { body, ...request } = toSend(wish);
    const answer = await pool.request({ ...request, ...(body.length === 0 ? {} : { body }) });
    const text = await answer.body.text();
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: text.startsWith('{') ? JSON.parse(text) : undefined,
      bytes: Buffer.byteLength(text),
    };
  };

  function bytesOf(wish: BenchCall): Buffer {
    const { method, path, headers, body } = toSend(wish);
    const lines = Object.entries({ ...headers, 'content-length': String(body.length) });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const first = `${method} ${path} HTTP/1.1\r\nhost: core\r\n`;
    return Buffer.concat([Buffer.from(`${first}${head}\r\n`), body]);
  }
  return { call, bytesOf, close: () => pool.close() };
}

/** Work items by so many at once. @returns how many a second. */
export async function perSecond<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  atOnce = callers,
): Promise<number> {
  const startedAt = performance.now();
  const queue = items.values();
  const one = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return Math.round((items.length * 1_000) / (performance.now() - startedAt));
}
