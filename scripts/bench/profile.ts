/**
 * Where the time of a join, a forwarded call, a hold and a payment goes: a CPU profile of the server
 * while it serves nothing else, folded into tables, under what such a call cannot do without.
 * `npm run bench -- profile`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMain } from '../is-main.ts';
import { prepareKeys } from '../stack/key-files.ts';
import { type BenchProcess, startProcess } from './bench-process.ts';
import { lowerQuartile, round } from './figures.ts';
import { floorTable, limitStep } from './floor.ts';
import { type CpuProfile, foldProfile } from './fold-profile.ts';
import { insiders } from './forward.ts';
import type { TargetOrders } from './forward-target.ts';
import { type LimitFound, measureLimits } from './limits.ts';
import { answerOf, benchRoom, openLineWorld, range } from './line-world.ts';
import { makeBenchSale } from './sales-data.ts';
import { openSalesWorld, perSecond } from './sales-world.ts';
import { scaled } from './scale.ts';
import { type Contestant, oneWindow } from './windows.ts';
import { cycle, once, wireLoad } from './wire-load.ts';

const connections = 32;
const calls = scaled(10_000);
const sold = scaled(3_000);
const yardstickRounds = 5;

/** @param work serves so many calls; @returns the tables and what a call took in µs of CPU */
async function profiled(
  server: Pick<BenchProcess, 'ask' | 'cpuMicros'>,
  times: number,
  work: () => Promise<unknown>,
): Promise<{ text: string; micros: number }> {
  const before = await server.cpuMicros();
  await server.ask('profile');
  await work();
  const profile = (await server.ask('profiled')) as CpuProfile;
  const micros = ((await server.cpuMicros()) - before) / times;
  return { text: foldProfile(profile, times), micros };
}

/** What the least server takes for an answer, in windows of the same calls. */
async function yardstick(target: Contestant, next: () => () => Buffer | undefined) {
  const micros: number[] = [];
  for (let at = 0; at < yardstickRounds; at += 1)
    micros.push((await oneWindow(target, { connections, next: next(), durationMs: 500 })).cpu);
  return { name: `an answer of ${target.name}`, times: 1, micros: lowerQuartile(micros) };
}

async function ofJoin(limits: readonly LimitFound[]): Promise<string> {
  const world = await openLineWorld([benchRoom]);
  try {
    const gateway = await world.startGateway();
    const first = await answerOf(gateway.port, await world.joinOf(1));
    const bare = await world.startBare({ join: first, status: first });
    const serve = (next: () => Buffer | undefined) =>
      wireLoad({ port: gateway.port, connections, next });
    await serve(once(await world.joinsOf(range(10, 3_000))));
    const some = await world.joinsOf(range(1, 100));
    const answer = await yardstick(bare, () => cycle(some));
    const joins = await world.joinsOf(range(10_000, calls));
    const { text, micros } = await profiled(gateway, calls, () => serve(once(joins)));
    const steps = [answer, limitStep(limits, 'RS256 check'), limitStep(limits, 'HMAC-SHA-256')];
    return `${floorTable(steps, micros)}\n\n${text}`;
  } finally {
    await world.close();
  }
}

async function ofForward(limits: readonly LimitFound[]): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-'));
  const started: BenchProcess[] = [];
  const start = async (orders: TargetOrders, name: string): Promise<BenchProcess> => {
    const one = await startProcess('forward-target', name, orders);
    started.push(one);
    return one;
  };
  try {
    const keys = prepareKeys(dir, {});
    const core = await start({ kind: 'bare', upstream: '', env: {} }, 'bare node:http');
    const upstream = `http://127.0.0.1:${core.port}`;
    const env = {
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      REDIS_URL: 'redis://127.0.0.1:1',
      ...keys,
    };
    const ours = await start({ kind: 'ours', upstream, env }, 'ours');
    const plain = await start(
      { kind: 'undici-hono', upstream, env: {} },
      'plain undici under Hono, with the call it makes',
    );
    const all = await insiders(keys);
    const next = cycle(all);
    const some = (count: number) => {
      let left = count;
      return wireLoad({
        port: ours.port,
        connections,
        next: () => (left-- > 0 ? next() : undefined),
      });
    };
    await some(6_000);
    const answer = await yardstick(plain, () => cycle(all));
    const { text, micros } = await profiled(ours, calls, () => some(calls));
    const steps = [answer, limitStep(limits, 'HMAC-SHA-256')];
    return `${floorTable(steps, micros)}\n\n${text}`;
  } finally {
    for (const one of started) one.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A flush is no CPU time, but nothing is sold without one. */
function flushLine(limits: readonly LimitFound[], perSecondDone: number): string {
  const { name, micros } = limitStep(limits, 'COMMIT of one row, flushed');
  const alone = 1_000_000 / micros;
  return (
    `${name} takes ${round(micros)} µs: ${round(alone)} calls a second one after the other. ` +
    `Here ${perSecondDone} were served, ${round(perSecondDone / alone, 1)} to such a flush.`
  );
}

async function ofSales(limits: readonly LimitFound[]): Promise<{ hold: string; pay: string }> {
  const world = await openSalesWorld();
  const core = await world.startCore();
  const bare = await startProcess('core-target', 'bare node:http', { kind: 'bare', body: '{}' });
  try {
    const serve = async (seats: number) => {
      const { concertId, scheduleId, places } = await makeBenchSale(world.databaseUrl, seats);
      const base = `/concerts/${concertId}`;
      const held: [string, string][] = [];
      const made = async (userId: string, path: string, json: unknown) => {
        const { status, body } = await core.call({ userId, concertId, path, json });
        if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
        return body;
      };
      const hold = () =>
        perSecond(places, async ({ userId, seatId }) => {
          const wish = { scheduleId, seatIds: [seatId] };
          const { reservations } = await made(userId, `${base}/reservations`, wish);
          held.push([userId, String(reservations[0].reservationId)]);
        });
      const pay = () =>
        perSecond(held, async ([userId, id]) => {
          await made(userId, `${base}/payments`, { reservationIds: [id] });
        });
      return { hold, pay };
    };
    const warm = await serve(600);
    await warm.hold();
    await warm.pay();
    const request = Buffer.from('POST / HTTP/1.1\r\nhost: core\r\ncontent-length: 0\r\n\r\n');
    const answer = await yardstick(bare, () => cycle([request]));
    // Both ways a call is signed: what asks is checked, what answers signs.
    const steps = [answer, limitStep(limits, 'HMAC-SHA-256', 2)];
    const of = async (work: () => Promise<number>): Promise<string> => {
      let rate = 0;
      const { text, micros } = await profiled(core, sold, async () => (rate = await work()));
      return [floorTable(steps, micros), '', flushLine(limits, rate), '', text].join('\n');
    };
    const { hold, pay } = await serve(sold);
    return { hold: await of(hold), pay: await of(pay) };
  } finally {
    bare.stop();
    await core.stop();
    await world.stop();
  }
}

if (isMain(import.meta.url)) {
  const limits = await measureLimits();
  console.log(`#### Join, token never seen\n\n${await ofJoin(limits)}\n`);
  console.log(`#### Forwarding a small GET\n\n${await ofForward(limits)}\n`);
  const { hold, pay } = await ofSales(limits);
  console.log(`#### Hold of one seat\n\n${hold}\n\n#### Payment of one seat\n\n${pay}`);
}
