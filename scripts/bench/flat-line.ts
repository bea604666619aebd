/** What a join and a question cost the gateway and Redis as the line grows. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchProcess } from './bench-process.ts';
import { type Curve, curveTable, curveAims, lowest } from './curve.ts';
import { median, table } from './figures.ts';
import {
  benchRoom,
  fillRoom,
  type LineWorld,
  openLineWorld,
  type Place,
  range,
} from './line-world.ts';
import { scaled } from './scale.ts';
import { turns } from './turns.ts';
import { type Contestant, interleave, oneWindow } from './windows.ts';
import { once, wireLoad } from './wire-load.ts';

const connections = 32;
const rounds = scaled(20, 8);
const perWindow = 500;
/** Of a process that will get a share of the load only. */
const warmUp = 3_000;
const idleMs = 2_000;
const roomsRounds = scaled(12, 5);
const ratePerSecond = 400;
/** A core for a second. */
const coreMicros = 1_000_000;
/** Longer than half of the longest pause who waits in a paused room is told: earlier is 429. */
const pauseMs = 2_100;
const tries = 10;

/** Nobody is let in, so that every question is the same. */
const paused = (concertId: string) => ({ ...benchRoom, concertId, control: 'PAUSED' }) as const;

/** CPU of Redis so far in µs; INFO. */
async function redisMicros({ redis }: LineWorld): Promise<number> {
  const info = await redis.info('cpu');
  const of = (name: string): number =>
    Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return (of('used_cpu_sys') + of('used_cpu_user')) * 1_000_000;
}

async function allMicros(world: LineWorld, gateways: readonly BenchProcess[]): Promise<number> {
  const used = await Promise.all([
    redisMicros(world),
    ...gateways.map((gateway) => gateway.cpuMicros()),
  ]);
  return used.reduce((sum, one) => sum + one, 0);
}

/** Joins of accounts nobody has seen. */
function newFans(world: LineWorld) {
  let fans = 10;
  return (count: number, roomOf: (fan: number) => string): Promise<Buffer[]> => {
    fans += count;
    const joins = range(fans - count, count).map((fan) => world.joinOf(fan, roomOf(fan)));
    return Promise.all(joins);
  };
}

/** Four rooms of one gateway, from a thousand to a million entries. */
export async function entriesCurve(): Promise<string> {
  const sizes = [1_000, 10_000, 100_000, 1_000_000];
  const world = await openLineWorld(sizes.map((_, at) => paused(String(at + 1))));
  try {
    const gateway = await world.startGateway();
    const places: Place[][] = [];
    for (const [at, size] of sizes.entries())
      places.push(await fillRoom(world, String(at + 1), size));
    const joinsOf = newFans(world);
    const contestants = sizes.map((_, at): Contestant => ({
      name: String(at + 1),
      port: gateway.port,
      cpuMicros: () => allMicros(world, [gateway]),
    }));
    // The last of each line, who have the most before them; each time with another token.
    let windows = 0;
    const questionsOf = (room: string): Buffer[] => {
      const again = (windows += 1);
      const last = (places[Number(room) - 1] ?? []).slice(-perWindow);
      return last.map((place) => world.statusAgain(place, again));
    };
    const joins = { next: async (room: string) => once(await joinsOf(perWindow, () => room)) };
    const askedAt = new Map<string, number>();
    const asks = {
      next: async (room: string) => {
        await sleep((askedAt.get(room) ?? 0) + pauseMs - performance.now());
        askedAt.set(room, performance.now());
        return once(questionsOf(room));
      },
    };
    const run = async ({ next }: typeof joins, times: number) => {
      const load = async ({ name }: Contestant) => ({ next: await next(name) });
      const standings = await interleave(contestants, { rounds: times, connections, load });
      return standings.map(({ cpuMicrosEach }) => cpuMicrosEach);
    };
    await run(joins, 2);
    await run(asks, 2);
    const curve: Curve = {
      what: 'entries in the room',
      sizes,
      costs: {
        'join, CPU µs': await run(joins, rounds),
        'status, CPU µs': await run(asks, rounds),
      },
    };
    return `${curveTable(curve)}\n\n${curveAims(curve)}`;
  } finally {
    await world.close();
  }
}

interface RoomsWorld {
  rooms: number;
  world: LineWorld;
  gateway: BenchProcess;
  joinsOf: ReturnType<typeof newFans>;
}

/** Who is told to come back while a thousand rooms are opened does so: joining is safe to repeat. */
async function joinUntilIn(gateway: BenchProcess, joins: readonly Buffer[]): Promise<void> {
  for (let at = 1; ; at += 1) {
    const load = { port: gateway.port, connections, next: once(joins) };
    const { errors, firstError } = await wireLoad(load);
    if (errors === 0) return;
    if (at === tries) throw new Error(`${errors} did not come in, first ${firstError}`);
    await sleep(idleMs);
  }
}

async function openRooms(rooms: number): Promise<RoomsWorld> {
  const world = await openLineWorld(range(1, rooms).map((id) => paused(String(id))));
  const gateway = await world.startGateway();
  const joinsOf = newFans(world);
  // Every room has somebody in it, and the gateway has led all of them for a while.
  const first = await joinsOf(1_000, (fan) => String(1 + (fan % rooms)));
  await joinUntilIn(gateway, first);
  await sleep(idleMs);
  return { rooms, world, gateway, joinsOf };
}

/**
 * Joins at a rate that leaves the rooms the time they take by themselves, which is measured right
 * before and taken off. @returns µs of CPU a join, and a second while nobody asks
 */
async function roomsWindow({ rooms, world, gateway, joinsOf }: RoomsWorld, spreads: boolean) {
  const target = { ...gateway, cpuMicros: () => allMicros(world, [gateway]) };
  const before = await target.cpuMicros();
  const startedAt = performance.now();
  await sleep(1_000);
  const idle = ((await target.cpuMicros()) - before) / ((performance.now() - startedAt) / 1_000);
  const next = once(await joinsOf(perWindow, (fan) => String(1 + (spreads ? fan % rooms : 0))));
  const { cpu, perSecond } = await oneWindow(target, { connections, next, ratePerSecond });
  return { join: cpu - idle / perSecond, idle };
}

/** One gateway and one Redis for each number of rooms, in turn. */
export async function roomsCurve(): Promise<string> {
  const worlds: RoomsWorld[] = [];
  try {
    for (const rooms of [1, 100, 1_000]) worlds.push(await openRooms(rooms));
    const found = worlds.map(() => ({
      one: [] as number[],
      all: [] as number[],
      idle: [] as number[],
    }));
    for (const { round: at, which, one } of turns(worlds, roomsRounds + 1)) {
      const inOne = await roomsWindow(one, false);
      const overAll = await roomsWindow(one, true);
      // The first round warms up.
      if (at === 0) continue;
      found[which]?.one.push(inOne.join);
      found[which]?.all.push(overAll.join);
      found[which]?.idle.push(inOne.idle, overAll.idle);
    }
    for (const [at, { idle }] of found.entries())
      if (median(idle) > coreMicros)
        throw new Error(
          `${worlds[at]?.rooms} rooms alone take more than a core of this machine: what a join costs beside them cannot be told`,
        );
    const curve: Curve = {
      what: 'rooms',
      sizes: worlds.map(({ rooms }) => rooms),
      costs: { 'join in one of them, CPU µs': found.map(({ one }) => median(one)) },
      besides: {
        'joins all over them, CPU µs': found.map(({ all }) => median(all)),
        'CPU % while nobody asks': found.map(({ idle }) => median(idle) / 10_000),
      },
    };
    return `${curveTable(curve)}\n\n${curveAims(curve)}`;
  } finally {
    for (const { world } of worlds) await world.close();
  }
}

/** The same joins through one, two and four gateways on one Redis. */
export async function gatewaysCurve(): Promise<string> {
  const sizes = [1, 2, 4];
  const world = await openLineWorld([paused('1')]);
  try {
    const gateways: BenchProcess[] = [];
    for (const at of range(0, Math.max(...sizes))) gateways.push(await world.startGateway(`${at}`));
    const joinsOf = newFans(world);
    for (const gateway of gateways)
      await oneWindow(gateway, { connections, next: once(await joinsOf(warmUp, () => '1')) });
    const costs = sizes.map(() => ({ all: [] as number[], redis: [] as number[] }));
    const micros = async () =>
      [await allMicros(world, gateways), await redisMicros(world)] as const;
    for (const { round: at, which, one: size } of turns(sizes, rounds + 1)) {
      const joins = await joinsOf(perWindow, () => '1');
      const own = Math.ceil(perWindow / size);
      const before = await micros();
      await Promise.all(
        gateways.slice(0, size).map(({ port }, n) => {
          const next = once(joins.slice(n * own, (n + 1) * own));
          return wireLoad({ port, next, connections: connections / size });
        }),
      );
      const after = await micros();
      // The first round warms up.
      if (at === 0) continue;
      costs[which]?.all.push((after[0] - before[0]) / perWindow);
      costs[which]?.redis.push((after[1] - before[1]) / perWindow);
    }
    const head = ['gateways', 'join, CPU µs of all', 'of which Redis'];
    return table(
      head,
      sizes.map((size, at) => [size, lowest(costs[at]?.all), lowest(costs[at]?.redis)]),
    );
  } finally {
    await world.close();
  }
}
