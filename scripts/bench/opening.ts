/**
 * 300 fans come to an empty room with 50 seats as it opens: how long until the last seat is paid.
 * All of it through the gateway, on the stack of `npm start`. `npm run bench -- opening`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audit } from '../audit.ts';
import { isMain } from '../is-main.ts';
import { driveNative } from '../load/native/drive.ts';
import { type LoadStack, openLoadStack } from '../load/load-stack.ts';
import { planLoad } from '../load/plan.ts';
import { prepareLoad } from '../load/prepare-load.ts';
import { aimLine, median, round, spreadPercent, table } from './figures.ts';
import { scaled } from './scale.ts';

const rounds = scaled(15, 7);
const fans = 300;
const seats = 50;
/** All of them within 30 ms. */
const ratePerSecond = 10_000;

async function openOnce(stack: LoadStack, dir: string) {
  const plan = planLoad('seat-rush', {
    FANS: String(fans),
    SEATS: String(seats),
    RATE: String(ratePerSecond),
  });
  const setup = await prepareLoad(stack, plan);
  const { signal } = new AbortController();
  const run = { plan, setup, setupFile: '', summaryFile: join(dir, 'summary.json'), signal };
  const summary = await driveNative(run, { workers: 1, connections: fans, isQuiet: true });
  return summary;
}

export async function benchOpening(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-'));
  const stack = await openLoadStack({
    rootDir: join(import.meta.dirname, '../..'),
    // A stack of its own, whatever runs on this DATA_DIR.
    env: { ...process.env, DATA_DIR: dir },
    log: () => undefined,
    signal: new AbortController().signal,
  });
  try {
    const rows = [];
    // The first one warms up.
    for (let at = 0; at <= rounds; at += 1) {
      const { gauges, counts, calls } = await openOnce(stack, dir);
      if (at === 0) continue;
      rows.push([
        at,
        round(gauges.seconds_to_last_sale ?? NaN, 2),
        counts.seats_sold ?? 0,
        counts.unexpected ?? 0,
        counts.seat_conflicts ?? 0,
        round(calls.join?.p99Ms ?? NaN),
      ]);
    }
    const seconds = rows.map((row) => row[1] ?? NaN);
    const violations = await audit(stack.databaseUrl);
    return [
      table(
        ['round', 'sold out after s', 'seats sold', 'unexpected', 'conflicts', 'join p99 ms'],
        rows,
      ),
      '',
      `Median ${round(median(seconds), 2)} s, spread ${spreadPercent(seconds)} %.`,
      '',
      aimLine({
        what: 'sold out, slowest round',
        measured: Math.max(...seconds),
        unit: 's',
        atMost: 2,
      }),
      aimLine({ what: 'violations', measured: violations.length, unit: '', atMost: 0 }),
    ].join('\n');
  } finally {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) console.log(await benchOpening());
