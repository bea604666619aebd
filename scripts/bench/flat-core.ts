/** What a hold, a payment and a look cost the core and MySQL as seats and reservations grow. */
import { readFileSync } from 'node:fs';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { fill, sizes as filled } from '../queries/fill.ts';
import { type Curve, curveAims, curveTable } from './curve.ts';
import { lowerQuartile } from './figures.ts';
import { cpuMicrosOf } from './process-cpu.ts';
import { type BenchSale, makeBenchSale } from './sales-data.ts';
import { type BenchCore, openSalesWorld, perSecond, type SalesWorld } from './sales-world.ts';
import { scaled } from './scale.ts';
import { turns } from './turns.ts';

const rounds = scaled(30, 12);
/** Calls of a window; the smallest date is sold out by them. */
const perWindow = 50;

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

async function openGround(prepare?: (databaseUrl: string) => Promise<void>): Promise<Ground> {
  const world = await openSalesWorld();
  const connection = await createConnection({ uri: world.databaseUrl });
  const [rows] = await connection.query<RowDataPacket[]>('SELECT @@pid_file AS file');
  const pid = Number(readFileSync(String(rows[0]?.['file']), 'utf8'));
  await connection.end();
  await prepare?.(world.databaseUrl);
  const core = await world.startCore();
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

/** One window of each step on these seats. @returns CPU µs a call */
async function windowOf(ground: Ground, sale: BenchSale): Promise<Record<Step, number>> {
  const { core } = ground;
  const { concertId, scheduleId, places } = sale;
  const base = `/concerts/${concertId}`;
  const held = new Map<string, string>();
  const ask = async (userId: string, method: 'GET' | 'POST', path: string, json?: unknown) => {
    const { status, body } = await core.call({ userId, concertId, method, path, json });
    if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const [byId, best] = [places.slice(0, perWindow / 2), places.slice(perWindow / 2, perWindow)];
  const work: Record<Step, () => Promise<number>> = {
    'hold by id': () =>
      perSecond(byId, async ({ userId, seatId }) => {
        const wish = { scheduleId, seatIds: [seatId] };
        const { reservations } = await ask(userId, 'POST', `${base}/reservations`, wish);
        held.set(userId, String(reservations[0]?.reservationId));
      }),
    pay: () =>
      perSecond([...held], async ([userId, reservationId]) => {
        await ask(userId, 'POST', `${base}/payments`, { reservationIds: [reservationId] });
      }),
    'hold best': () =>
      perSecond(best, async ({ userId }) => {
        await ask(userId, 'POST', `${base}/reservations`, { scheduleId, quantity: 1 });
      }),
    'own reservations': () =>
      perSecond(places.slice(0, perWindow), async ({ userId }) => {
        await ask(userId, 'GET', '/reservations');
      }),
    'seat map': () =>
      perSecond(places.slice(0, perWindow), async ({ userId }) => {
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
  let sale: BenchSale | undefined;
  let at = 0;
  return async () => {
    const buyers = Math.min(seats, perWindow * (rounds + 1));
    if (sale === undefined || at + perWindow > buyers) {
      sale = await makeBenchSale(world.databaseUrl, seats, buyers);
      at = 0;
    }
    at += perWindow;
    const { places, seatIds } = sale;
    // By id from the back: the best ones are taken from the front.
    const own = places.slice(at - perWindow, at).map(({ userId }, index) => ({
      userId,
      seatId: seatIds.at(-1 - (at - perWindow) / 2 - index) ?? '',
    }));
    return { ...sale, places: own };
  };
}

async function inTurn(sides: readonly { ground: Ground; seats: number }[]): Promise<Costs[]> {
  const empty = (): Costs =>
    Object.fromEntries(steps.map((step) => [step, []])) as unknown as Costs;
  const costs = sides.map(empty);
  const next = sides.map(({ ground, seats }) => salesOf(ground, seats));
  for (const { round, which, one } of turns(sides, rounds + 1)) {
    const sale = await next[which]?.();
    if (!sale) throw new Error('a sale is missing');
    const found = await windowOf(one.ground, sale);
    // The first round warms up.
    if (round > 0) for (const step of steps) costs[which]?.[step].push(found[step]);
  }
  return costs;
}

const curveOf = (
  what: string,
  sizes: readonly number[],
  costs: readonly Costs[],
  flat: readonly Step[],
): Curve => {
  const column = (step: Step): [string, number[]] => [
    `${step}, CPU µs`,
    costs.map((one) => lowerQuartile(one[step])),
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
    grounds.push(
      await openGround(async (uri) => {
        const connection = await createConnection({ uri });
        await fill(connection);
        await connection.end();
      }),
    );
    const costs = await inTurn(grounds.map((ground) => ({ ground, seats: 2_000 })));
    const sizes = [0, filled.reservations];
    return shown(curveOf('reservations', sizes, costs, [...steps]));
  } finally {
    for (const ground of grounds) await ground.stop();
  }
}
