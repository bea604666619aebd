/**
 * `npm run simulate -- --fans 200000 --seats 12000 --rate 50 --no-show 0.3 --checkout 240`: a sale
 * before the sale, on the same Lua and a driven clock, so that an owner can choose a policy.
 *
 * More: `--max-active` (what the rate needs, when not said), `--claim`, `--grace`, `--abandon`,
 * `--convert`, `--order` (seats), `--arrive` (seconds), `--seed`. Takes `REDIS_URL`, else a
 * throw-away Redis of its own.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { isMain } from './is-main.ts';
import { decimalOption, numberOption } from './options.ts';
import { defaultPolicy } from '../core-api/rooms/room-rules.ts';
import type { SaleOptions } from '../queue-gateway/simulation/crowd.ts';
import { createDrivenStore } from '../queue-gateway/simulation/driven-store.ts';
import { runSale } from '../queue-gateway/simulation/run-sale.ts';
import type { SaleFigures } from '../queue-gateway/simulation/sale-figures.ts';
import { describeSale } from './simulate/describe-sale.ts';
import { searchDirs } from './stack/find-binary.ts';
import { findRedisBinary, startRedisServer } from './stack/redis-server.ts';
import type { Store } from './stack/store.ts';

/** @throws Error with a sentence for the person who typed it. */
export function readSaleOptions(argv: readonly string[]): SaleOptions {
  const whole = (flag: string, fallback: number, max: number, min = 1): number =>
    numberOption(argv, flag, { fallback, min, max });
  const share = (flag: string, fallback: number): number =>
    decimalOption(argv, flag, { fallback, min: 0, max: 1 });
  const admitPerSecond = decimalOption(argv, '--rate', { fallback: 50, min: 0.01, max: 10_000 });
  const checkoutSeconds = whole('--checkout', 240, 3_000);
  // Little's law: so many are inside when the rate comes in and each stays that long.
  const needed = Math.max(1, Math.ceil(admitPerSecond * checkoutSeconds));
  return {
    fans: whole('--fans', 20_000, 2_000_000),
    seats: whole('--seats', 1_000, 1_000_000),
    admitPerSecond,
    checkoutSeconds,
    maxActive: whole('--max-active', Math.min(needed, 1_000_000), 1_000_000),
    claimSeconds: whole('--claim', 60, 3_600, 5),
    graceSeconds: whole('--grace', 300, 86_400, 0),
    noShow: share('--no-show', 0.1),
    abandon: share('--abandon', 0.2),
    convert: share('--convert', 0.8),
    seatsPerOrder: decimalOption(argv, '--order', { fallback: 2, min: 1, max: 4 }),
    arriveSeconds: whole('--arrive', 300, 86_400),
    seed: whole('--seed', 1, 999_999_999),
  };
}

async function openStore(env: NodeJS.ProcessEnv, dataDir: string): Promise<Store> {
  if (env['REDIS_URL'])
    return { title: 'given', url: env['REDIS_URL'], stop: () => Promise.resolve() };
  const command = findRedisBinary(searchDirs(env));
  if (!command) throw new Error('Set REDIS_URL, or install redis-server or valkey-server.');
  const log = (): void => undefined;
  return startRedisServer(command, { dataDir, profile: 'throwaway', env, log });
}

/** Tries the sale in a namespace of its own, and leaves nothing behind. */
export async function simulate(redisUrl: string, options: SaleOptions): Promise<SaleFigures> {
  const redis = new Redis(redisUrl, { enableAutoPipelining: true });
  const namespace = `simulate-${randomBytes(5).toString('hex')}:`;
  const server = { of: () => ({ client: redis, run: 'simulated' }) };
  const driven = createDrivenStore({ redis, namespace, server });
  const policy = { ...defaultPolicy, concertId: '1', concertActive: true };
  try {
    return await runSale({ driven, policy, options });
  } finally {
    await driven.clear();
    redis.disconnect();
  }
}

async function main(): Promise<void> {
  const options = readSaleOptions(process.argv.slice(2));
  const dataDir = mkdtempSync(join(tmpdir(), 'simulate-'));
  const store = await openStore(process.env, dataDir);
  const startedAt = performance.now();
  try {
    console.log(`${JSON.stringify(options)}\n`);
    console.log(describeSale(await simulate(store.url, options)));
    console.log(`\nsimulated in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  } finally {
    await store.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
