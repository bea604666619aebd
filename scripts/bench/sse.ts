/**
 * People who wait by a stream of events on one gateway process: what Redis is asked while 10 and
 * while 20,000 listen, how long until a move of the front has reached the last of them, and what
 * each costs in memory. `npm run bench -- sse`
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { execFileSync } from 'node:child_process';
import { isMain } from '../is-main.ts';
import { startProcess } from './bench-process.ts';
import { aimLine, median, round, table } from './figures.ts';
import { benchRoom, fillRoom, type LineWorld, openLineWorld, type Place } from './line-world.ts';
import { scaled } from './scale.ts';
import type { Receipt } from './sse-client.ts';

/** Files a process may have open here, less what it needs besides. */
const filesMax = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })) - 200;
const many = Math.min(scaled(20_000), Number.isFinite(filesMax) ? filesMax : Infinity);
const few = 10;
const watchMs = scaled(16_000, 8_000);
const passMs = 250;
/** One turn a second: a document a second. */
const room = { ...benchRoom, admitPerSecond: 1, maxActive: 1_000, claimSeconds: 600 };

/** Commands that only a client sends: what scripts call inside is not a round trip. */
const sent = /^cmdstat_(?:evalsha|eval|set|get|getrange|ping|info|subscribe):calls=(\d+)/gm;

async function callsSoFar({ redis }: LineWorld): Promise<number> {
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(sent)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}

async function callsATick(world: LineWorld): Promise<number> {
  const before = await callsSoFar(world);
  await sleep(watchMs);
  return ((await callsSoFar(world)) - before - 1) / (watchMs / passMs);
}

/** When the front moved, as Redis told it. */
async function followFront({ redis }: LineWorld) {
  const movedAtMs: number[] = [];
  const subscriber = redis.duplicate();
  await subscriber.subscribe('line');
  subscriber.on('message', (_channel, message) => {
    if (/^room:1 front /.test(message)) movedAtMs.push(performance.timeOrigin + performance.now());
  });
  return { movedAtMs, stop: () => subscriber.disconnect() };
}

/** From each move to the last one who read the document that tells of it. */
function spreadMs(movedAtMs: readonly number[], receipts: readonly Receipt[], all: number) {
  const whole = receipts.filter(({ count }) => count >= all * 0.999);
  return whole.flatMap(({ firstAtMs, lastAtMs }) => {
    const moved = movedAtMs.findLast((at) => at <= firstAtMs);
    return moved === undefined ? [] : [lastAtMs - moved];
  });
}

const streamOf = (world: LineWorld, place: Place): string =>
  world.statusOf(place).toString('latin1').replace('tokens/me', 'events');

export async function benchSse(): Promise<string> {
  const world = await openLineWorld([room]);
  try {
    const gateway = await world.startGateway();
    const places = await fillRoom(world, '1', many + few + 1_000);
    const requests = places.splice(-many - few).map((place) => streamOf(world, place));
    const listen = (own: string[]) =>
      startProcess('sse-client', 'listeners', { port: gateway.port, requests: own });

    const first = await listen(requests.splice(0, few));
    const fewCalls = await callsATick(world);
    first.stop();
    await sleep(1_000);
    const rssBefore = await gateway.rssBytes();
    const crowd = await listen(requests);
    const front = await followFront(world);
    const cpuBefore = await gateway.cpuMicros();
    const manyCalls = await callsATick(world);
    const cpuPercent = ((await gateway.cpuMicros()) - cpuBefore) / (watchMs * 10);
    const rssEach = ((await gateway.rssBytes()) - rssBefore) / many / 1_024;
    front.stop();
    const state = (await crowd.ask('state')) as { open: number; lost: number };
    const reached = spreadMs(front.movedAtMs, (await crowd.ask('receipts')) as Receipt[], many);
    crowd.stop();
    if (state.open !== many || state.lost > 0)
      throw new Error(`${state.open} of ${many} listen, ${state.lost} were cut off`);
    return [
      table(
        ['listeners', 'calls to Redis a tick', 'KB each', 'until all have a move, ms', 'CPU %'],
        [
          [few, round(fewCalls, 1), '', '', ''],
          [many, round(manyCalls, 1), round(rssEach, 1), round(median(reached)), round(cpuPercent)],
        ],
      ),
      '',
      `${reached.length} moves of the front were followed; the slowest took ` +
        `${round(Math.max(...reached))} ms.`,
      '',
      aimLine({
        what: 'calls to Redis a tick, of those with 10 listeners',
        measured: round((100 * manyCalls) / fewCalls),
        unit: '%',
        atMost: 110,
      }),
      aimLine({
        what: 'slowest move',
        measured: round(Math.max(...reached)),
        unit: 'ms',
        atMost: 1_000,
      }),
      aimLine({
        what: 'memory of a listener',
        measured: round(rssEach, 1),
        unit: 'KB',
        atMost: 12,
      }),
    ].join('\n');
  } finally {
    await world.close();
  }
}

if (isMain(import.meta.url)) console.log(await benchSse());
