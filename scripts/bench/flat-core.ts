/** What a hold, a payment and a look cost the core and MySQL as seats and reservations grow. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { fill, sizes as filled } from '../queries/fill.ts';
import { type Curve, curveAims, curveTable } from './curve.ts';
import { lowerQuartile, median } from './figures.ts';
import { cpuMicrosOf } from './process-cpu.ts';
import { type BenchSale, makeBenchSale } from './sales-data.ts';
import { type BenchCore, openSalesWorld, perSecond, type SalesWorld } from './sales-world.ts';
import { scaled } from './scale.ts';
import { turns } from './turns.ts';

const rounds = scaled(30, 12);
/** Calls of a window; half of them hold by id, half the best, on a date of their own each. */
const perWindow = 100;

/** Memory for all of it, as whoever has a million reservations gives it (docs/capacity.md). */
const poolBytes = 1_024 ** 3;

/** Of one core; its own housekeeping takes less. */
const quietShare = 0.02;
const quietMs = 2_000;
const settleMaxMs = 120_000;

const steps = ['hold by id', 'pay', 'hold best', 'own reservations', 'seat map'] as const;
type Step = (typeof steps)[number];
type Costs = Record<Step, number[]>;

interface Ground {
  world: SalesWorld;
  core: BenchCore;
  /** CPU of the core and the database so far. */
  cpuMicros(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Waits until the database does next to nothing while nobody asks: else the calls that are measured
 * pay for what was loaded, hundreds of megabytes to write back and a hundred thousand counts to fold.
 */
async function settle(connection: Connection, pid: number): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT @@innodb_max_dirty_pages_pct AS most, @@innodb_max_dirty_pages_pct_lwm AS least',
  );
  const dirtyPages = async (most: number, least: number): Promise<void> => {
    await connection.query('SET GLOBAL innodb_max_dirty_pages_pct_lwm = ?', [least]);
    await connection.query('SET GLOBAL innodb_max_dirty_pages_pct = ?', [most]);
  };
  await dirtyPages(0, 0);
  const giveUpAt = Date.now() + settleMaxMs;
  for (let busyShare = 1; busyShare > quietShare;) {
    if (Date.now() > giveUpAt) throw new Error('the database does not come to rest');
    const before = cpuMicrosOf(pid);
    await delay(quietMs);
    busyShare = (cpuMicrosOf(pid) - before) / (quietMs * 1_000);
  }
  await dirtyPages(Number(rows[0]?.['most']), Number(rows[0]?.['least']));
}

async function openGround(prepare?: (connection: Connection) => Promise<void>): Promise<Ground> {
  const world = await openSalesWorld();
  const connection = await createConnection({ uri: world.databaseUrl });
  const [rows] = await connection.query<RowDataPacket[]>('SELECT @@pid_file AS file');
  const pid = Number(readFileSync(String(rows[0]?.['file']), 'utf8'));
  await connection.query(`SET GLOBAL innodb_buffer_pool_size = ${poolBytes}`);
  await prepare?.(connection);
  const core = await world.startCore();
  await settle(connection, pid);
  await connection.end();
  return {
    world,
    core,
    cpuMicros: async () => (await core.cpuMicros()) + cpuMicrosOf(pid),
    stop: async () => {
      await core.stop();
      await world.stop();
    },
  };
}

/** Seats that are asked for by id, and a date whose best are asked for. */
interface Sales {
  byId: BenchSale;
  best: BenchSale;
}

/** One window of each step on these seats. @returns CPU µs a call */
async function windowOf(ground: Ground, { byId, best }: Sales): Promise<Record<Step, number>> {
  const { core } = ground;
  const { scheduleId } = byId;
  const base = `/concerts/${byId.concertId}`;
  const places = [...byId.places, ...best.places];
  const held = new Map<string, string>();
  const ask = async (userId: string, method: 'GET' | 'POST', path: string, json?: unknown) => {
    const concertId = path.split('/')[2] ?? byId.concertId;
    const { status, body } = await core.call({ userId, concertId, method, path, json });
    if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const work: Record<Step, () => Promise<number>> = {
    'hold by id': () =>
      perSecond(byId.places, async ({ userId, seatId }) => {
        const wish = { scheduleId, seatIds: [seatId] };
        const { reservations } = await ask(userId, 'POST', `${base}/reservations`, wish);
        held.set(userId, String(reservations[0]?.reservationId));
      }),
    pay: () =>
      perSecond([...held], async ([userId, reservationId]) => {
        await ask(userId, 'POST', `${base}/payments`, { reservationIds: [reservationId] });
      }),
    'hold best': () =>
      perSecond(best.places, async ({ userId }) => {
        const wish = { scheduleId: best.scheduleId, quantity: 1 };
        await ask(userId, 'POST', `/concerts/${best.concertId}/reservations`, wish);
      }),
    'own reservations': () =>
      perSecond(places, async ({ userId }) => {
        await ask(userId, 'GET', '/reservations');
      }),
    'seat map': () =>
      perSecond(places, async ({ userId }) => {
        await ask(userId, 'GET', `${base}/schedules/${scheduleId}/seats?view=state`);
      }),
  };
  const found = {} as Record<Step, number>;
  for (const step of steps) {
    const before = await ground.cpuMicros();
    await work[step]();
    const calls = step === 'own reservations' || step === 'seat map' ? perWindow : perWindow / 2;
    found[step] = ((await ground.cpuMicros()) - before) / calls;
  }
  return found;
}

/** The seats and buyers of one window after the other; a new date when one is used up. */
function salesOf({ world }: Ground, seats: number): () => Promise<BenchSale> {
  const each = perWindow / 2;
  let sale: BenchSale | undefined;
  let at = 0;
  return async () => {
    const buyers = Math.min(seats, each * (rounds + 1));
    if (sale === undefined || at + each > buyers) {
      sale = await makeBenchSale(world.databaseUrl, seats, buyers);
      at = 0;
    }
    at += each;
    return { ...sale, places: sale.places.slice(at - each, at) };
  };
}

async function inTurn(sides: readonly { ground: Ground; seats: number }[]): Promise<Costs[]> {
  const empty = (): Costs =>
    Object.fromEntries(steps.map((step) => [step, []])) as unknown as Costs;
  const costs = sides.map(empty);
  const next = sides.map(({ ground, seats }) => ({
    byId: salesOf(ground, seats),
    best: salesOf(ground, seats),
  }));
  for (const { round, which, one } of turns(sides, rounds + 1)) {
    const dates = next[which];
    if (!dates) throw new Error('a sale is missing');
    const sales = { byId: await dates.byId(), best: await dates.best() };
    const found = await windowOf(one.ground, sales);
    // The first round warms up.
    if (round > 0) for (const step of steps) costs[which]?.[step].push(found[step]);
  }
  return costs;
}

/**
 * Of the smallest the lower quartile; of each other one that, times the median of what it took of the
 * smallest in the same round: what the machine did besides met both.
 */
function compared([smallest = [], ...others]: readonly (readonly number[])[]): number[] {
  const least = lowerQuartile(smallest);
  const share = (costs: readonly number[]): number =>
    median(costs.map((cost, round) => cost / (smallest[round] ?? NaN)));
  return [least, ...others.map((costs) => least * share(costs))];
}

const curveOf = (
  what: string,
  sizes: readonly number[],
  costs: readonly Costs[],
  flat: readonly Step[],
): Curve => {
  const column = (step: Step): [string, number[]] => [
    `${step}, CPU µs`,
    compared(costs.map((one) => one[step])),
  ];
  const others = steps.filter((step) => !flat.includes(step));
  return {
    what,
    sizes,
    costs: Object.fromEntries(flat.map(column)),
    besides: Object.fromEntries(others.map(column)),
  };
};

const shown = (curve: Curve): string => `${curveTable(curve)}\n\n${curveAims(curve)}`;

/** Dates of more and more seats, sold by one core. */
export async function seatsCurve(): Promise<string> {
  const ground = await openGround();
  try {
    const sizes = [50, 500, 5_000, 50_000];
    const costs = await inTurn(sizes.map((seats) => ({ ground, seats })));
    // A map has a byte for each seat; it has to grow.
    return shown(curveOf('seats', sizes, costs, ['hold by id', 'pay', 'hold best']));
  } finally {
    await ground.stop();
  }
}

/** A database with nothing in it beside one with a million reservations. */
export async function reservationsCurve(): Promise<string> {
  const grounds: Ground[] = [];
  try {
    grounds.push(await openGround());
    grounds.push(await openGround(fill));
    const costs = await inTurn(grounds.map((ground) => ({ ground, seats: 2_000 })));
    const sizes = [0, filled.reservations];
    return shown(curveOf('reservations', sizes, costs, [...steps]));
  } finally {
    for (const ground of grounds) await ground.stop();
  }
}
