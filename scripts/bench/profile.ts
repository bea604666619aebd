/**
 * Where the time of a join, a forwarded call, a hold and a payment goes: a CPU profile of the server
 * while it serves nothing else, folded into tables. `npm run bench -- profile`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMain } from '../is-main.ts';
import { prepareKeys } from '../stack/key-files.ts';
import { type BenchProcess, startProcess } from './bench-process.ts';
import { type CpuProfile, foldProfile } from './fold-profile.ts';
import { insiders } from './forward.ts';
import type { TargetOrders } from './forward-target.ts';
import { answerOf, benchRoom, openLineWorld, range } from './line-world.ts';
import { makeBenchSale } from './sales-data.ts';
import { openSalesWorld, perSecond } from './sales-world.ts';
import { scaled } from './scale.ts';
import { cycle, once, wireLoad } from './wire-load.ts';

const connections = 32;
const calls = scaled(10_000);
const sold = scaled(3_000);

/** @param work serves so many calls. */
async function profiled(
  server: Pick<BenchProcess, 'ask'>,
  times: number,
  work: () => Promise<unknown>,
): Promise<string> {
  await server.ask('profile');
  await work();
  return foldProfile((await server.ask('profiled')) as CpuProfile, times);
}

async function ofJoin(): Promise<string> {
  const world = await openLineWorld([benchRoom]);
  try {
    const gateway = await world.startGateway();
    await answerOf(gateway.port, await world.joinOf(1));
    const { port } = gateway;
    const warmUp = await world.joinsOf(range(10, 3_000));
    await wireLoad({ port, connections, next: once(warmUp) });
    const next = once(await world.joinsOf(range(10_000, calls)));
    return await profiled(gateway, calls, () => wireLoad({ port, connections, next }));
  } finally {
    await world.close();
  }
}

async function ofForward(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-'));
  const started: BenchProcess[] = [];
  const start = async (orders: TargetOrders): Promise<BenchProcess> => {
    const one = await startProcess('forward-target', orders.kind, orders);
    started.push(one);
    return one;
  };
  try {
    const keys = prepareKeys(dir, {});
    const upstream = await start({ kind: 'bare', upstream: '', env: {} });
    const env = {
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      REDIS_URL: 'redis://127.0.0.1:1',
      ...keys,
    };
    const ours = await start({ kind: 'ours', upstream: `http://127.0.0.1:${upstream.port}`, env });
    const next = cycle(await insiders(keys));
    const some = (count: number) => {
      let left = count;
      return wireLoad({
        port: ours.port,
        connections,
        next: () => (left-- > 0 ? next() : undefined),
      });
    };
    await some(6_000);
    return await profiled(ours, calls, () => some(calls));
  } finally {
    for (const one of started) one.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function ofSales(): Promise<{ hold: string; pay: string }> {
  const world = await openSalesWorld();
  const core = await world.startCore();
  try {
    const serve = async (seats: number) => {
      const { concertId, scheduleId, places } = await makeBenchSale(world.databaseUrl, seats);
      const base = `/concerts/${concertId}`;
      const held: [string, string][] = [];
      const hold = () =>
        perSecond(places, async ({ userId, seatId }) => {
          const json = { scheduleId, seatIds: [seatId] };
          const { body } = await core.call({
            userId,
            concertId,
            path: `${base}/reservations`,
            json,
          });
          held.push([userId, String(body.reservations[0].reservationId)]);
        });
      const pay = () =>
        perSecond(held, async ([userId, id]) => {
          const json = { reservationIds: [id] };
          await core.call({ userId, concertId, path: `${base}/payments`, json });
        });
      return { hold, pay };
    };
    const warm = await serve(600);
    await warm.hold();
    await warm.pay();
    const { hold, pay } = await serve(sold);
    return { hold: await profiled(core, sold, hold), pay: await profiled(core, sold, pay) };
  } finally {
    await core.stop();
    await world.stop();
  }
}

if (isMain(import.meta.url)) {
  console.log(`#### Join, token never seen\n\n${await ofJoin()}\n`);
  console.log(`#### Forwarding a small GET\n\n${await ofForward()}\n`);
  const { hold, pay } = await ofSales();
  console.log(`#### Hold of one seat\n\n${hold}\n\n#### Payment of one seat\n\n${pay}`);
}
