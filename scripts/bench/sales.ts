/**
 * Holds and payments on distinct seats through the core (HTTP, assertion, locks on, 32 callers),
 * beside the same statements and commits over bare mysql2, in one run on durable stores.
 * `npm run bench -- sales`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool } from 'mysql2/promise';
import { Pool } from 'undici';
import { migrateUp } from '../../core-api/db/migrate.ts';
import { assertionHeader, signAssertion } from '../../shared/assertion.ts';
import { generatePrivateJwk, generateSecretJwk, loadSecretKeys } from '../../shared/keys.ts';
import { isMain } from '../is-main.ts';
import { openServices } from '../stack/open-services.ts';
import { makeBenchSale, type BenchSale } from './sales-data.ts';
import { rawHold, rawPay } from './sales-raw.ts';

const callers = 32;
const seatsPerRound = 1_500;
const rounds = 3;

/** Work items by so many at once. @returns how many a second. */
async function perSecond<T>(items: readonly T[], work: (item: T) => Promise<void>) {
  const startedAt = performance.now();
  const queue = items.values();
  const one = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: callers }, one));
  return Math.round((items.length * 1_000) / (performance.now() - startedAt));
}

async function startCore(env: Record<string, string>) {
  const core = spawn(process.execPath, ['--import', 'tsx', 'core-api/main.ts'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let url = '';
  for await (const line of core.stdout) {
    url = /"url":"([^"]+)"/.exec(String(line))?.[1] ?? '';
    if (url) break;
  }
  core.stdout.resume();
  const stop = async () => {
    core.kill('SIGTERM');
    await once(core, 'exit');
  };
  return { url, stop };
}

/** Calls of the core as the gateway makes them. */
function createCaller(url: string, assertionKeys: string) {
  const pool = new Pool(url, { connections: callers });
  const keys = loadSecretKeys(assertionKeys);
  const post = async (userId: string, concertId: string, path: string, json: unknown) => {
    const body = Buffer.from(JSON.stringify(json));
    const call = { audience: 'core-api', method: 'POST', target: path, body } as const;
    const who = { userId, role: 'USER', room: concertId, entryId: '1' } as const;
    const answer = await pool.request({
      method: 'POST',
      path,
      body,
      headers: {
        'content-type': 'application/json',
        [assertionHeader]: signAssertion({ keys }, call, who),
      },
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 201) throw new Error(`${path}: ${answer.statusCode} ${text}`);
    return JSON.parse(text) as { reservations: { reservationId: string }[] };
  };
  return { post, close: () => pool.close() };
}

async function throughCore(sale: BenchSale, post: ReturnType<typeof createCaller>['post']) {
  const { concertId, scheduleId, places } = sale;
  const base = `/concerts/${concertId}`;
  const held = new Map<string, string>();
  const holds = await perSecond(places, async ({ userId, seatId }) => {
    const wish = { scheduleId, seatIds: [seatId] };
    const { reservations } = await post(userId, concertId, `${base}/reservations`, wish);
    held.set(userId, String(reservations[0]?.reservationId));
  });
  const pays = await perSecond([...held], async ([userId, reservationId]) => {
    await post(userId, concertId, `${base}/payments`, { reservationIds: [reservationId] });
  });
  return { holds, pays };
}

async function overBareMysql(sale: BenchSale, databaseUrl: string) {
  const pool = createPool({ uri: databaseUrl, connectionLimit: callers, timezone: 'Z' });
  const held = new Map<string, string>();
  const holds = await perSecond(sale.places, async ({ userId, seatId }) => {
    held.set(userId, await rawHold(pool, { ...sale, userId, seatId }));
  });
  const pays = await perSecond([...held], async ([userId, reservationId]) => {
    await rawPay(pool, { concertId: sale.concertId, userId, reservationId });
  });
  await pool.end();
  return { holds, pays };
}

async function main(): Promise<void> {
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
  const assertionKeys = JSON.stringify({ keys: [generateSecretJwk()] });
  const core = await startCore({
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    CORE_PORT: '0',
    GATEWAY_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    ACCESS_TOKEN_KEYS: JSON.stringify({ keys: [generatePrivateJwk()] }),
    ASSERTION_KEYS: assertionKeys,
    TICKET_KEYS: JSON.stringify({ keys: [generatePrivateJwk()] }),
  });
  const caller = createCaller(core.url, assertionKeys);
  const sale = () => makeBenchSale(databaseUrl, seatsPerRound);
  try {
    console.log('round  holds/s bare  core  share   payments/s bare  core  share');
    for (let round = 1; round <= rounds; round += 1) {
      const bare = await overBareMysql(await sale(), databaseUrl);
      const ours = await throughCore(await sale(), caller.post);
      const share = (a: number, b: number) => `${Math.round((100 * a) / b)} %`;
      console.log(
        [round, bare.holds, ours.holds, share(ours.holds, bare.holds)].join('\t'),
        ['', bare.pays, ours.pays, share(ours.pays, bare.pays)].join('\t'),
      );
    }
  } finally {
    await caller.close();
    await core.stop();
    gateway.close();
    await services.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await main();
