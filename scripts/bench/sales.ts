/**
 * Holds and payments on distinct seats through the core (HTTP, assertion, locks on, 32 callers),
 * beside the same statements one by one over bare mysql2, in one run on durable stores.
 * `npm run bench -- sales`; `SALES_ROUNDS`, `SALES_SEATS` for a shorter one.
 */
import { createPool } from 'mysql2/promise';
import { isMain } from '../is-main.ts';
import { table } from './figures.ts';
import { makeBenchSale, type BenchSale } from './sales-data.ts';
import { rawHold, rawPay } from './sales-raw.ts';
import { type BenchCore, callers, openSalesWorld, perSecond } from './sales-world.ts';

const seatsPerRound = Number(process.env['SALES_SEATS'] ?? 1_500);
const rounds = Number(process.env['SALES_ROUNDS'] ?? 3);

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

async function overBareMysql(sale: BenchSale, databaseUrl: string): Promise<Rates> {
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

const share = (ours: number, bare: number): string => `${Math.round((100 * ours) / bare)} %`;

async function main(): Promise<void> {
  const world = await openSalesWorld();
  const core = await world.startCore();
  const sale = () => makeBenchSale(world.databaseUrl, seatsPerRound);
  const rows = [];
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const bare = await overBareMysql(await sale(), world.databaseUrl);
      const ours = await throughCore(await sale(), core);
      rows.push([
        ...[round, bare.holds, ours.holds, share(ours.holds, bare.holds), ours.holdMicros],
        ...[bare.pays, ours.pays, share(ours.pays, bare.pays), ours.payMicros],
      ]);
    }
    const head = ['bare', 'core', 'share', 'CPU µs of the core'];
    const of = (what: string) => head.map((name, at) => (at === 0 ? `${what}/s ${name}` : name));
    console.log(table(['round', ...of('holds'), ...of('payments')], rows));
  } finally {
    await core.stop();
    await world.stop();
  }
}

if (isMain(import.meta.url)) await main();
