/**
 * 1,000 fans who want 50 seats by their ids, each one seat, once with locks and once with the
 * database alone: what the lock buys. All of them at the same moment, then through as many
 * connections as a gateway has. `npm run bench -- rush`
 */
import { type Connection, createConnection } from 'mysql2/promise';
import { isMain } from '../is-main.ts';
import { databaseCounters } from './database-counters.ts';
import { aimLine, type Cell, median, round, table } from './figures.ts';
import { quantile } from '../../shared/quantile.ts';
import { type BenchSale, makeBenchSale } from './sales-data.ts';
import { type BenchCore, callers, openSalesWorld } from './sales-world.ts';
import { scaled } from './scale.ts';
import { once, wireLoad } from './wire-load.ts';

const fans = 1_000;
const seats = 50;
const rounds = scaled(5);
const crowds = [fans, callers];

interface Rush {
  /** How many got which status. */
  statuses: Map<number, number>;
  wonP50Ms: number;
  lostP99Ms: number;
  lostP50Ms: number;
  seconds: number;
  cpuMicrosEach: number;
  /** Of the database while they rushed. */
  rollbacks: number;
  rowLockWaits: number;
  deadlocks: number;
}

const ascending = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();

async function rush(core: BenchCore, sale: BenchSale, connections: number, db: Connection) {
  const { concertId, scheduleId, userIds, seatIds } = sale;
  const path = `/concerts/${concertId}/reservations`;
  const calls = userIds.map((userId, at) => {
    const json = { scheduleId, seatIds: [seatIds[at % seats]] };
    return core.bytesOf({ userId, concertId, path, json });
  });
  const took = new Map<number, number[]>();
  const onAnswer = (text: string, tookMs: number): void => {
    const status = Number(text.slice(9, 12));
    took.set(status, [...(took.get(status) ?? []), tookMs]);
  };
  const [before, cpuBefore] = [await databaseCounters(db), await core.cpuMicros()];
  const { answers, perSecond } = await wireLoad({
    port: core.port,
    next: once(calls),
    connections,
    durationMs: 30_000,
    onAnswer,
  });
  const [after, cpuAfter] = [await databaseCounters(db), await core.cpuMicros()];
  const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  const won = ascending(took.get(201) ?? []);
  const lost = ascending(took.get(409) ?? []);
  return {
    statuses: new Map([...took].map(([status, times]) => [status, times.length])),
    wonP50Ms: quantile(won, 0.5),
    lostP50Ms: quantile(lost, 0.5),
    lostP99Ms: quantile(lost, 0.99),
    seconds: answers / perSecond,
    cpuMicrosEach: (cpuAfter - cpuBefore) / answers,
    rollbacks: grown('com_rollback'),
    rowLockWaits: grown('innodb_row_lock_waits'),
    deadlocks: grown('innodb_deadlocks'),
  } satisfies Rush;
}

const middle = (rushes: readonly Rush[], of: (one: Rush) => number, digits = 0): number =>
  round(median(rushes.map(of)), digits);

function rowOf(locks: string, connections: number, rushes: readonly Rush[]): Cell[] {
  const count = (status: number) => (one: Rush) => one.statuses.get(status) ?? 0;
  const sum = (of: (one: Rush) => number) => rushes.reduce((all, one) => all + of(one), 0);
  return [
    ...[`locks ${locks}`, connections, sum(count(201)), sum(count(409))],
    sum(({ statuses }) => fans - (statuses.get(201) ?? 0) - (statuses.get(409) ?? 0)),
    middle(rushes, ({ wonP50Ms }) => wonP50Ms),
    middle(rushes, ({ lostP50Ms }) => lostP50Ms),
    middle(rushes, ({ lostP99Ms }) => lostP99Ms),
    middle(rushes, ({ seconds }) => seconds, 2),
    middle(rushes, ({ cpuMicrosEach }) => cpuMicrosEach),
    ...[middle(rushes, ({ rollbacks }) => rollbacks)],
    ...[middle(rushes, ({ rowLockWaits }) => rowLockWaits), sum(({ deadlocks }) => deadlocks)],
  ];
}

const head = [
  ...['core', 'connections', '201', '409', 'other or none'],
  ...['p50 of a 201, ms', 'p50 of a 409, ms', 'p99 of a 409, ms', 's', 'CPU µs each'],
  ...['rollbacks', 'row lock waits', 'deadlocks'],
];

const aimOf = (locks: string, connections: number, rushes: readonly Rush[]): string =>
  aimLine({
    what: `p99 of a refusal beside p50 of a success, locks ${locks}, ${connections} connections`,
    measured: middle(rushes, ({ lostP99Ms }) => lostP99Ms),
    unit: 'ms',
    atMost: middle(rushes, ({ wonP50Ms }) => wonP50Ms),
  });

/** Each of them in turn, so many times. */
const turns = <T>(all: readonly T[], times: number): [number, T][] =>
  Array.from({ length: times }, (_, at) => all.map((one): [number, T] => [at, one])).flat();

export async function benchRush(): Promise<string> {
  const world = await openSalesWorld();
  const db = await createConnection({ uri: world.databaseUrl });
  const cores = [
    { locks: 'on', core: await world.startCore({}, 'on') },
    { locks: 'off', core: await world.startCore({}, 'off') },
  ];
  const runs = crowds.flatMap((connections) =>
    cores.map((one) => ({ ...one, connections, rushes: [] as Rush[] })),
  );
  try {
    // The first one of each warms it up.
    for (const [at, { core, connections, rushes }] of turns(runs, rounds + 1)) {
      const sale = await makeBenchSale(world.databaseUrl, seats, fans);
      const result = await rush(core, sale, connections, db);
      if (at > 0) rushes.push(result);
    }
  } finally {
    for (const { core } of cores) await core.stop();
    await db.end();
    await world.stop();
  }
  return [
    table(
      head,
      runs.map(({ locks, connections, rushes }) => rowOf(locks, connections, rushes)),
    ),
    '',
    ...runs.map(({ locks, connections, rushes }) => aimOf(locks, connections, rushes)),
  ].join('\n');
}

if (isMain(import.meta.url)) console.log(await benchRush());
