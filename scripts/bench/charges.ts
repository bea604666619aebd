/**
 * Charges of one account, 200 at the same moment: each needs the balance the one before left.
 * `npm run bench -- charges`
 */
import { isMain } from '../is-main.ts';
import { aimLine, median, round, table } from './figures.ts';
import { quantile } from '../../shared/quantile.ts';
import { benchPrice, benchSeatsMax, makeBenchSale } from './sales-data.ts';
import { type BenchCore, openSalesWorld } from './sales-world.ts';
import { scaled } from './scale.ts';
import { once, wireLoad } from './wire-load.ts';

const parallel = 200;
const rounds = scaled(7, 3);
const amount = 10;
const pointsBefore = benchPrice * benchSeatsMax;

/** An account of its own each time. */
async function chargeAtOnce(core: BenchCore, databaseUrl: string) {
  const { concertId, userIds } = await makeBenchSale(databaseUrl, 1);
  const userId = userIds[0] ?? '';
  const call = { userId, concertId, path: '/points/charges', json: { amount } };
  const calls = Array.from({ length: parallel }, () => core.bytesOf(call));
  let credited = 0;
  const { perSecond, p50Ms, p99Ms } = await wireLoad({
    port: core.port,
    next: once(calls),
    connections: parallel,
    durationMs: 30_000,
    onAnswer: (text) => {
      if (text.startsWith('HTTP/1.1 201')) credited += 1;
    },
  });
  const { body } = await core.call({ userId, concertId, method: 'GET', path: '/points' });
  const excess = Number(body.point) - pointsBefore - credited * amount;
  return { credited, excess, perSecond, p50Ms, p99Ms };
}

export async function benchCharges(): Promise<string> {
  const world = await openSalesWorld();
  // The sandbox credits at once; production has none.
  const core = await world.startCore({ NODE_ENV: 'development', PAYMENT_PROVIDER: 'sandbox' });
  const results = [];
  try {
    await chargeAtOnce(core, world.databaseUrl);
    for (let at = 0; at < rounds; at += 1)
      results.push(await chargeAtOnce(core, world.databaseUrl));
  } finally {
    await core.stop();
    await world.stop();
  }
  const rows = results.map(({ credited, excess, perSecond, p50Ms, p99Ms }, at) => [
    ...[at + 1, credited, parallel - credited, excess, perSecond, round(p50Ms), round(p99Ms)],
  ]);
  const head = [
    'round',
    '201',
    'other or none',
    'points too many',
    'charges/s',
    'p50 ms',
    'p99 ms',
  ];
  const each = results.map(({ credited }) => credited).sort((a, b) => a - b);
  const wrong = results.filter(({ excess }) => excess !== 0).length;
  const speed = median(results.map(({ perSecond }) => perSecond));
  return [
    table(head, rows),
    '',
    aimLine({
      what: `credited of ${parallel}, in the worst round`,
      measured: quantile(each, 0),
      unit: 'charges',
      atLeast: parallel,
    }),
    aimLine({ what: 'rounds with a wrong balance', measured: wrong, unit: '', atMost: 0 }),
    aimLine({ what: 'charges of one account', measured: speed, unit: '/s', atLeast: 200 }),
  ].join('\n');
}

if (isMain(import.meta.url)) console.log(await benchCharges());
