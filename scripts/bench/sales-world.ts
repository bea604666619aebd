import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { Pool } from 'undici';
import { migrateUp } from '../../core-api/db/migrate.ts';
import { assertionHeader, signAssertion } from '../../shared/assertion.ts';
import { generatePrivateJwk, generateSecretJwk, loadSecretKeys } from '../../shared/keys.ts';
import { openServices } from '../stack/open-services.ts';

/** Calls at once, and connections to the core. */
export const callers = 32;

/** An answer of the core: status, JSON, and how long it took. */
export interface BenchAnswer {
  status: number;
  // The benches read what they expect to be there; a wrong guess shows in their figures.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  headers: Record<string, string | string[] | undefined>;
  bytes: number;
  tookMs: number;
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
  call(call: BenchCall): Promise<BenchAnswer>;
  /** CPU that the core has used, in ms. */
  cpuMs(): number;
  rssMb(): number;
  stop(): Promise<void>;
}

export interface SalesWorld {
  databaseUrl: string;
  startCore(env?: Record<string, string>): Promise<BenchCore>;
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
    startCore: (env) => startCore({ ...stores, ...env }),
    stop: async () => {
      gateway.close();
      await services.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** `BENCH_NODE_OPTIONS=--cpu-prof` profiles it. */
async function startCore(env: Record<string, string>): Promise<BenchCore> {
  const extension = extname(import.meta.filename);
  const core = spawn(
    process.execPath,
    [
      ...(extension === '.ts' ? ['--import', 'tsx'] : []),
      ...(process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter(Boolean),
      `core-api/main${extension}`,
    ],
    {
      cwd: join(import.meta.dirname, '../..'),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let url = '';
  for await (const line of core.stdout.iterator({ destroyOnReturn: false })) {
    url = /"url":"([^"]+)"/.exec(String(line))?.[1] ?? '';
    if (url) break;
  }
  core.stdout.resume();
  const caller = createCaller(url, String(env['ASSERTION_KEYS']));
  return {
    call: caller.call,
    cpuMs: () => cpuMsOf(core.pid),
    rssMb: () => rssMbOf(core.pid),
    stop: async () => {
      await caller.close();
      const exited = once(core, 'exit');
      core.kill('SIGTERM');
      await exited;
    },
  };
}

/** `utime` and `stime` of proc(5), in hundredths of a second. */
function cpuMsOf(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const rssMbOf = (pid: number | undefined): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024);
};

/** Calls of the core as the gateway makes them. */
function createCaller(url: string, assertionKeys: string) {
  const pool = new Pool(url, { connections: callers });
  const keys = loadSecretKeys(assertionKeys);
  const call: BenchCore['call'] = async ({
    userId,
    concertId,
    method = 'POST',
    path,
    json,
    headers,
  }) => {
    const startedAt = performance.now();
    const body = Buffer.from(json === undefined ? '' : JSON.stringify(json));
    const signed = { audience: 'core-api', method, target: path, body } as const;
    const who = { userId, role: 'USER', room: concertId, entryId: '1' } as const;
    const answer = await pool.request({
      method,
      path,
      ...(json === undefined ? {} : { body }),
      headers: {
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        [assertionHeader]: signAssertion({ keys }, signed, who),
        ...headers,
      },
    });
    const text = await answer.body.text();
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: text.startsWith('{') ? JSON.parse(text) : undefined,
      bytes: Buffer.byteLength(text),
      tookMs: performance.now() - startedAt,
    };
  };
  return { call, close: () => pool.close() };
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
