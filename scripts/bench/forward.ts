/**
 * What it costs to forward a small GET, all in one run: a bare node:http server, nginx when it is
 * installed, hono/proxy, plain undici under Hono, and the gateway with its token checks and its
 * signed assertion. Run it compiled: `npm run build && node dist/scripts/bench/forward.js`
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import { createAccessTokenSigner } from '../../core-api/users/access-token.ts';
import { createActiveTokens } from '../../queue-gateway/tokens/active-token.ts';
import { generatePrivateJwk, generateSecretJwk, loadPrivateKeys } from '../../shared/keys.ts';
import { isMain } from '../is-main.ts';
import type { TargetOrders } from './forward-target.ts';
import { startNginx } from './nginx.ts';
import { wireLoad, type WireResult } from './wire-load.ts';

export interface Target {
  name: string;
  port: number;
  /** CPU time used so far in µs. */
  cpuMicros(): Promise<number>;
  stop(): void;
}

export interface Row {
  name: string;
  perSecond: number;
  cpuMicrosEach: number;
  p50Ms: number;
  p99Ms: number;
  /** p99 at half of what the gateway can do. */
  halfLoadP99Ms: number;
}

const connections = 32;
const warmUpMs = 1_500;
/** At half load. */
const durationMs = 4_000;

const setOf = (key: unknown): string => JSON.stringify({ keys: [key] });

async function startTarget(orders: TargetOrders): Promise<Target> {
  // Compiled when this file is: tsx costs a production process nothing, so nor should it here.
  const extension = extname(import.meta.filename);
  const child = fork(join(import.meta.dirname, `forward-target${extension}`), {
    execArgv: [
      ...(extension === '.ts' ? ['--import', 'tsx'] : []),
      ...(process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter(Boolean),
    ],
    // Callers that are cut off at the end of a run are no news.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.send(orders);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    name: orders.kind,
    port,
    async cpuMicros() {
      child.send('cpu');
      const [{ cpu }] = (await once(child, 'message')) as [{ cpu: NodeJS.CpuUsage }];
      return cpu.user + cpu.system;
    },
    stop: () => child.disconnect(),
  };
}

/** Keys of a gateway, and the request of somebody who is inside and logged in. */
function insider() {
  const [access, active] = [setOf(generatePrivateJwk()), setOf(generatePrivateJwk())];
  const user = { userId: '7', userName: 'fan', role: 'USER' } as const;
  const accessToken = createAccessTokenSigner(loadPrivateKeys(access))(user);
  const nowMs = Date.now();
  const activeTokens = createActiveTokens({ keys: loadPrivateKeys(active), now: Date.now });
  const queueToken = activeTokens.sign({
    userId: '7',
    roomId: '3',
    queueId: '12',
    epoch: 0,
    jti: 'AAAAAAAAAAAAAAAAAAAAAA',
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + 600_000,
  });
  const env = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    REDIS_URL: 'redis://127.0.0.1:1',
    ACCESS_TOKEN_PUBLIC_KEYS: access,
    ACTIVE_TOKEN_KEYS: active,
    WAITING_TOKEN_KEYS: setOf(generateSecretJwk()),
    ASSERTION_KEYS: setOf(generateSecretJwk()),
  };
  const bytes = Buffer.from(
    [
      'GET /concerts/3/schedules?available=true HTTP/1.1',
      'Host: tickets.example',
      'Accept: application/json',
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
      'Accept-Language: ko,en;q=0.5',
      'Accept-Encoding: gzip, br',
      `Authorization: Bearer ${accessToken}`,
      `X-Queue-Token: ${queueToken}`,
      '',
      '',
    ].join('\r\n'),
  );
  return { env, bytes };
}

/** Windows of each server in turn, so that what else the machine does meets all of them alike. */
const rounds = 12;
const windowMs = 500;

const quartile = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 4)] ?? 0;

async function oneWindow(target: Target, bytes: Buffer): Promise<WireResult & { cpu: number }> {
  const before = await target.cpuMicros();
  const load = { port: target.port, bytes, connections, durationMs: windowMs };
  const result = await wireLoad(load);
  const used = (await target.cpuMicros()) - before;
  if (result.errors > 0) throw new Error(`${target.name}: ${result.errors} answers were not 2xx`);
  return { ...result, cpu: used / result.answers };
}

type Loaded = Omit<Row, 'halfLoadP99Ms'>;

/** The better quartile of each figure: what is worse is what else the machine did. */
function summarise(name: string, windows: readonly (WireResult & { cpu: number })[]): Loaded {
  return {
    name,
    perSecond: -quartile(windows.map(({ perSecond }) => -perSecond)),
    cpuMicrosEach: quartile(windows.map(({ cpu }) => cpu)),
    p50Ms: quartile(windows.map(({ p50Ms }) => p50Ms)),
    p99Ms: quartile(windows.map(({ p99Ms }) => p99Ms)),
  };
}

async function measureAll(targets: readonly Target[], bytes: Buffer): Promise<Loaded[]> {
  for (const { port } of targets)
    await wireLoad({ port, bytes, connections, durationMs: warmUpMs });
  const windows = targets.map((): (WireResult & { cpu: number })[] => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [at, target] of targets.entries()) windows[at]?.push(await oneWindow(target, bytes));
  return targets.map(({ name }, at) => summarise(name, windows[at] ?? []));
}

/** Every row of the comparison, in one run. */
export async function benchForward(): Promise<Row[]> {
  const { env, bytes } = insider();
  const upstream = await startTarget({ kind: 'bare', upstream: '', env: {} });
  const url = `http://127.0.0.1:${upstream.port}`;
  const nginx = await startNginx(`127.0.0.1:${upstream.port}`);
  const targets = [
    upstream,
    ...(nginx ? [nginx] : []),
    await startTarget({ kind: 'hono-proxy', upstream: url, env: {} }),
    await startTarget({ kind: 'undici-hono', upstream: url, env: {} }),
    await startTarget({ kind: 'ours', upstream: url, env }),
  ];
  try {
    const rows = await measureAll(targets, bytes);
    const ratePerSecond = Math.floor((rows.at(-1)?.perSecond ?? 0) / 2);
    const full: Row[] = [];
    for (const [at, { port }] of targets.entries()) {
      const row = rows[at];
      const load = { port, bytes, connections, durationMs, ratePerSecond };
      if (row) full.push({ ...row, halfLoadP99Ms: (await wireLoad(load)).p99Ms });
    }
    return full;
  } finally {
    for (const target of targets) target.stop();
  }
}

/** The rows as a Markdown table, and what must hold between them. */
export function report(rows: readonly Row[]): string {
  const lines = rows.map(
    (row) =>
      `| ${row.name} | ${row.perSecond} | ${row.cpuMicrosEach.toFixed(0)} | ` +
      `${row.p50Ms.toFixed(1)} | ${row.p99Ms.toFixed(1)} | ${row.halfLoadP99Ms.toFixed(1)} |`,
  );
  const of = (name: string): Row | undefined => rows.find((row) => row.name === name);
  const [ours, proxied, plain, direct] = ['ours', 'hono-proxy', 'undici-hono', 'bare'].map(of);
  const share = (a = 0, b = 0): string => (a / b).toFixed(2);
  return [
    '| server | requests/s | CPU µs each | p50 ms | p99 ms | p99 ms at half load |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...lines,
    '',
    `ours / hono-proxy, requests/s: ${share(ours?.perSecond, proxied?.perSecond)} (at least 5)`,
    `ours / undici-hono, CPU: ${share(ours?.cpuMicrosEach, plain?.cpuMicrosEach)} (at most 1.3)`,
    `added p99 at half load: ${((ours?.halfLoadP99Ms ?? 0) - (direct?.halfLoadP99Ms ?? 0)).toFixed(1)} ms (at most 3)`,
  ].join('\n');
}

if (isMain(import.meta.url)) console.log(report(await benchForward()));
