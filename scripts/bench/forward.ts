/**
 * What it costs to forward a small GET, all in one run: a bare node:http server, nginx when it is
 * installed, hono/proxy, plain undici under Hono, and the gateway with its token checks and its
 * signed assertion. A thousand fans of fifty concerts ask for six things each.
 * `npm run bench -- forward`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccessTokenSigner } from '../../core-api/users/access-token.ts';
import { createActiveTokens } from '../../queue-gateway/tokens/active-token.ts';
import { loadAccessKeys, loadPrivateKeys } from '../../shared/keys.ts';
import { isMain } from '../is-main.ts';
import { prepareKeys } from '../stack/key-files.ts';
import { startProcess } from './bench-process.ts';
import { aimLine, median, round, table } from './figures.ts';
import type { TargetOrders } from './forward-target.ts';
import { range } from './line-world.ts';
import { startNginx } from './nginx.ts';
import { scaled } from './scale.ts';
import { type Contestant, interleave, oneWindow, type Standing } from './windows.ts';
import { cycle } from './wire-load.ts';

interface Target extends Contestant {
  stop(): void;
}

const connections = 32;
const warmUpMs = 1_500;
const rounds = scaled(12, 4);
const windowMs = 500;
const halfLoadRounds = scaled(5, 2);
const halfLoadMs = 1_000;
const fans = 1_000;
const concerts = 50;
const schedules = 4;

/** The requests of people who are inside and logged in. */
export async function insiders(keys: Record<string, string>): Promise<Buffer[]> {
  const signAccess = createAccessTokenSigner(loadAccessKeys(keys['ACCESS_TOKEN_KEYS'] ?? ''));
  const active = createActiveTokens({
    keys: loadPrivateKeys(keys['ACTIVE_TOKEN_KEYS'] ?? ''),
    now: Date.now,
  });
  const issuedAtMs = Date.now();
  const tokensOf = async (fan: number, roomId: string): Promise<string[]> => {
    const userId = String(fan);
    const access = await signAccess({ userId, userName: `fan-${fan}`, role: 'USER' });
    const jti = `AAAAAAAAAAAAAAAA${String(fan).padStart(6, '0')}`;
    const claims = { userId, roomId, queueId: userId, epoch: 0, jti, issuedAtMs };
    const token = active.sign({ ...claims, expiresAtMs: issuedAtMs + 600_000 });
    return [`Authorization: Bearer ${access}`, `X-Queue-Token: ${token}`];
  };
  const requestsOf = async (fan: number): Promise<Buffer[]> => {
    const roomId = String(1 + (fan % concerts));
    const tokens = await tokensOf(fan, roomId);
    const base = `/concerts/${roomId}/schedules`;
    const seats = range(1, schedules).map((schedule) => `${base}/${schedule}/seats`);
    return [base, `${base}?available=true`, ...seats].map((target) =>
      Buffer.from(
        [
          `GET ${target} HTTP/1.1`,
          'Host: tickets.example',
          'Accept: application/json',
          'User-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
          'Accept-Language: ko,en;q=0.5',
          'Accept-Encoding: gzip, br',
          ...tokens,
          '',
          '',
        ].join('\r\n'),
      ),
    );
  };
  const own = await Promise.all(range(1, fans).map(requestsOf));
  // One thing of everybody, then the next of everybody.
  return range(0, schedules + 2).flatMap((at) => own.map((one) => one[at] as Buffer));
}

async function startTargets(keys: Record<string, string>): Promise<Target[]> {
  const start = (orders: TargetOrders) => startProcess('forward-target', orders.kind, orders);
  const upstream = await start({ kind: 'bare', upstream: '', env: {} });
  const url = `http://127.0.0.1:${upstream.port}`;
  const nginx = await startNginx(`127.0.0.1:${upstream.port}`);
  const env = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    REDIS_URL: 'redis://127.0.0.1:1',
    ...keys,
  };
  return [
    upstream,
    ...(nginx ? [nginx] : []),
    await start({ kind: 'hono-proxy', upstream: url, env: {} }),
    await start({ kind: 'undici-hono', upstream: url, env: {} }),
    await start({ kind: 'ours', upstream: url, env }),
  ];
}

/** p99 of each at half of what the gateway can do, in turn; not of those that cannot do as much. */
async function atHalfLoad(
  targets: readonly Target[],
  standings: readonly Standing[],
  all: Buffer[],
) {
  const ratePerSecond = Math.floor((standings.at(-1)?.perSecond ?? 0) / 2);
  const p99s = new Map<string, number[]>();
  for (let at = 0; at < halfLoadRounds; at += 1)
    for (const target of targets) {
      const { perSecond = 0 } = standings.find(({ name }) => name === target.name) ?? {};
      if (perSecond < ratePerSecond) continue;
      const load = { next: cycle(all), connections, durationMs: halfLoadMs, ratePerSecond };
      const { p99Ms } = await oneWindow(target, load);
      p99s.set(target.name, [...(p99s.get(target.name) ?? []), p99Ms]);
    }
  return new Map([...p99s].map(([name, values]) => [name, median(values)]));
}

/** Not measured of those that cannot do as much. */
const p99AtHalfLoad = (ms: number | undefined): number | string =>
  ms === undefined ? '' : round(ms, 1);

function report(standings: readonly Standing[], halfLoad: ReadonlyMap<string, number>): string {
  const rows = standings.map((one) => [
    one.name,
    one.perSecond,
    one.spread,
    round(one.cpuMicrosEach),
    round(one.p50Ms, 1),
    round(one.p99Ms, 1),
    p99AtHalfLoad(halfLoad.get(one.name)),
  ]);
  const of = (name: string) => standings.find((one) => one.name === name);
  const [ours, proxied, plain] = ['ours', 'hono-proxy', 'undici-hono'].map(of);
  const times = (a = 0, b = 0): number => round(a / b, 2);
  const added = (halfLoad.get('ours') ?? 0) - (halfLoad.get('bare') ?? 0);
  return [
    table(
      ['server', 'requests/s', 'spread %', 'CPU µs', 'p50 ms', 'p99 ms', 'p99 ms at half load'],
      rows,
    ),
    '',
    aimLine({
      what: 'requests/s of hono/proxy’s',
      measured: times(ours?.perSecond, proxied?.perSecond),
      unit: 'times',
      atLeast: 5,
    }),
    aimLine({
      what: 'CPU of a forwarded GET',
      measured: round(ours?.cpuMicrosEach ?? 0),
      unit: 'µs',
      atMost: 200,
    }),
    aimLine({
      what: 'CPU of plain undici under Hono',
      measured: times(ours?.cpuMicrosEach, plain?.cpuMicrosEach),
      unit: 'times',
      atMost: 1.3,
    }),
    aimLine({ what: 'added p99 at half load', measured: round(added, 1), unit: 'ms', atMost: 3 }),
  ].join('\n');
}

export async function benchForward(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-'));
  const keys = prepareKeys(dir, {});
  const all = await insiders(keys);
  const targets = await startTargets(keys);
  try {
    for (const target of targets)
      await oneWindow(target, { next: cycle(all), connections, durationMs: warmUpMs });
    const load = (): { next: () => Buffer | undefined; durationMs: number } => ({
      next: cycle(all),
      durationMs: windowMs,
    });
    const standings = await interleave(targets, { rounds, connections, load });
    return report(standings, await atHalfLoad(targets, standings, all));
  } finally {
    for (const target of targets) target.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) console.log(await benchForward());
