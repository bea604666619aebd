/**
 * Holds and payments on distinct seats through the core (HTTP, assertion, locks on, 32 callers),
 * beside the same statements one by one over bare mysql2, in one run on durable stores.
 * `npm run bench -- sales`
 */
import { createPool } from 'mysql2/promise';
import { isMain } from '../is-main.ts';
import { aimLine, lowerQuartile, median, round, spreadPercent, table } from './figures.ts';
import { makeBenchSale, type BenchSale } from './sales-data.ts';
import { rawHold, rawPay } from './sales-raw.ts';
import {
  type BenchCore,
  callers,
  openSalesWorld,
  perSecond,
  type SalesWorld,
} from './sales-world.ts';
import { scaled } from './scale.ts';
import { turns } from './turns.ts';

const seatsPerRound = scaled(1_500, 700);
const rounds = scaled(9, 5);
/** Calls a second that are asked for where bare MySQL has them. */
const aims = { holds: 1_000, pays: 600 };
/** Of what bare MySQL does. */
const shareMin = 60;

interface Rates {
  holds: number;
  pays: number;
  /** CPU of the core for each, in µs. */
  holdMicros: number;
  payMicros: number;
}

async function throughCore({ concertId, scheduleId, places }: BenchSale, core: BenchCore) {
  const base = `/concerts/${concertId}`;
  const made = async (userId: string, path: string, json: unknown) => {
    const { status, body } = await core.call({ userId, concertId, path, json });
    if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const held = new Map<string, string>();
  const startMicros = await core.cpuMicros();
  const holds = await perSecond(places, async ({ userId, seatId }) => {
    const wish = { scheduleId, seatIds: [seatId] };
    const { reservations } = await made(userId, `${base}/reservations`, wish);
    held.set(userId, String(reservations[0]?.reservationId));
  });
  const betweenMicros = await core.cpuMicros();
  const pays = await perSecond([...held], async ([userId, reservationId]) => {
    await made(userId, `${base}/payments`, { reservationIds: [reservationId] });
  });
  const each = (micros: number): number => Math.round(micros / places.length);
  const holdMicros = each(betweenMicros - startMicros);
  const payMicros = each((await core.cpuMicros()) - betweenMicros);
  return { holds, pays, holdMicros, payMicros };
}

async function overBareMysql(sale: BenchSale, { databaseUrl }: SalesWorld): Promise<Rates> {
  const pool = createPool({ uri: databaseUrl, connectionLimit: callers, timezone: 'Z' });
  const held = new Map<string, string>();
  const holds = await perSecond(sale.places, async ({ userId, seatId }) => {
    held.set(userId, await rawHold(pool, { ...sale, userId, seatId }));
  });
  const pays = await perSecond([...held], async ([userId, reservationId]) => {
    await rawPay(pool, { concertId: sale.concertId, userId, reservationId });
  });
  await pool.end();
  return { holds, pays, holdMicros: 0, payMicros: 0 };
}

type Step = 'holds' | 'pays';

/** Median of the shares, each of two rates of one round. */
const shareOf = (step: Step, bare: readonly Rates[], ours: readonly Rates[]): number =>
  round(median(ours.map((rates, at) => (100 * rates[step]) / (bare[at]?.[step] ?? NaN))));

function report(bare: readonly Rates[], ours: readonly Rates[]): string {
  const steps = [
    { step: 'holds', micros: 'holdMicros' },
    { step: 'pays', micros: 'payMicros' },
  ] as const;
  const rows = steps.map(({ step, micros }) => {
    const [bareRates, ourRates] = [bare, ours].map((all) => all.map((rates) => rates[step]));
    return [
      step === 'holds' ? 'holds' : 'payments',
      ...[bareRates, ourRates].flatMap((rates = []) => [
        round(median(rates)),
        spreadPercent(rates),
      ]),
      shareOf(step, bare, ours),
      round(lowerQuartile(ours.map((rates) => rates[micros]))),
    ];
  });
  const aimsOf = steps.flatMap(({ step }) => {
    const what = step === 'holds' ? 'holds' : 'payments';
    const [allowed, did] = [bare, ours].map((all) => median(all.map((rates) => rates[step])));
    return [
      aimLine({
        what: `${what} of bare mysql2’s`,
        measured: shareOf(step, bare, ours),
        unit: '%',
        atLeast: shareMin,
      }),
      aimLine({
        what: `${what} a second, where bare mysql2 does ${round(allowed ?? 0)}`,
        measured: round(did ?? 0),
        unit: '/s',
        atLeast: Math.min(aims[step], round(allowed ?? 0)),
      }),
    ];
  });
  const rates = ['bare/s', 'spread %', 'core/s', 'spread %', 'share %', 'CPU µs of the core'];
  return [table(['call', ...rates], rows), '', ...aimsOf].join('\n');
}

export async function benchSales(): Promise<string> {
  const world = await openSalesWorld();
  const core = await world.startCore();
  const sides = [
    async () => overBareMysql(await makeBenchSale(world.databaseUrl, seatsPerRound), world),
    async () => throughCore(await makeBenchSale(world.databaseUrl, seatsPerRound), core),
  ];
  const found = sides.map((): Rates[] => []);
  try {
    // The first round warms up.
    for (const { round: at, which, one } of turns(sides, rounds + 1)) {
      const rates = await one();
      if (at > 0) found[which]?.push(rates);
    }
    const [bare = [], ours = []] = found;
    return report(bare, ours);
  } finally {
    await core.stop();
    await world.stop();
  }
}

if (isMain(import.meta.url)) console.log(await benchSales());
