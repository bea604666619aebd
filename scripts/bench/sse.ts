/**
 * People who wait by a stream of events on one gateway process: what Redis is asked while 10 and
 * while 20,000 listen, how long until a move of the front has reached the last of them, and what
 * each costs in memory; beside a bare server that writes a document as often to as many.
 * `npm run bench -- sse`
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { execFileSync } from 'node:child_process';
import { isMain } from '../is-main.ts';
import { type BenchProcess, startProcess } from './bench-process.ts';
import { aimLine, median, round, table } from './figures.ts';
import {
  answerOf,
  benchRoom,
  fillRoom,
  type LineWorld,
  openLineWorld,
  type Place,
} from './line-world.ts';
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
  return { movedAtMs: () => Promise.resolve(movedAtMs), stop: () => subscriber.disconnect() };
}

/** The listeners may hear of a move a moment before this process does. */
const heardWithinMs = 50;

/**
 * From each move to the last one who read the first document after it. Documents that tell of something
 * else, a count that has changed, lie between them.
 */
function spreadMs(movedAtMs: readonly number[], receipts: readonly Receipt[], all: number) {
  const whole = receipts
    .filter(({ count }) => count >= all * 0.999)
    .sort((a, b) => a.firstAtMs - b.firstAtMs);
  return movedAtMs.flatMap((movedMs) => {
    const told = whole.find(({ firstAtMs }) => firstAtMs >= movedMs - heardWithinMs);
    return told ? [told.lastAtMs - movedMs] : [];
  });
}

const roomRequest = Buffer.from('GET /queue/1 HTTP/1.1\r\nHost: tickets.example\r\n\r\n');

const streamOf = (world: LineWorld, place: Place): string =>
  world.statusOf(place).toString('latin1').replace('tokens/me', 'events');

/** What a crowd of listeners makes of a server. */
interface Crowd {
  callsATick: number;
  /** Resident memory of the server, CPU in percent of a core. */
  kbEach: number;
  cpuPercent: number;
  /** From each document to the last who had it. */
  reachedMs: number[];
}

/** @param moves begins to note when documents were due */
async function crowdAt(
  world: LineWorld,
  server: BenchProcess,
  requests: string[],
  moves: () => Promise<{ movedAtMs(): Promise<number[]>; stop(): void }>,
): Promise<Crowd> {
  const rssBefore = await server.rssBytes();
  const crowd = await startProcess('sse-client', 'listeners', { port: server.port, requests });
  try {
    const noted = await moves();
    const sinceMs = performance.timeOrigin + performance.now();
    const cpuBefore = await server.cpuMicros();
    const calls = await callsATick(world);
    const cpuPercent = ((await server.cpuMicros()) - cpuBefore) / (watchMs * 10);
    const kbEach = ((await server.rssBytes()) - rssBefore) / many / 1_024;
    noted.stop();
    const state = (await crowd.ask('state')) as { open: number; lost: number };
    if (state.open !== many || state.lost > 0)
      throw new Error(`${state.open} of ${many} listen, ${state.lost} were cut off`);
    const receipts = (await crowd.ask('receipts')) as Receipt[];
    const movedAtMs = (await noted.movedAtMs()).filter((atMs) => atMs >= sinceMs);
    const reachedMs = spreadMs(movedAtMs, receipts, many);
    return { callsATick: calls, kbEach, cpuPercent, reachedMs };
  } finally {
    crowd.stop();
  }
}

const row = (server: string, { kbEach, cpuPercent, reachedMs }: Crowd, calls: number | string) => [
  server,
  many,
  round(kbEach, 1),
  round(cpuPercent),
  round(median(reachedMs)),
  round(Math.max(...reachedMs)),
  calls,
];

function report(fewCalls: number, ours: Crowd, bare: Crowd): string {
  const slowest = Math.max(...ours.reachedMs);
  const moves = `${ours.reachedMs.length} moves of ours were followed, ${bare.reachedMs.length} of the bare server.`;
  return [
    table(
      [
        ...['server', 'listeners', 'KB each', 'CPU %', 'until all have it, ms', 'slowest, ms'],
        'calls to Redis a tick',
      ],
      [row('ours', ours, round(ours.callsATick, 1)), row('bare node:http', bare, '')],
    ),
    '',
    `${moves} With ${few} listeners Redis was asked ${round(fewCalls, 1)} times a tick.`,
    '',
    aimLine({
      what: `calls to Redis a tick, of those with ${few} listeners`,
      measured: round((100 * ours.callsATick) / fewCalls),
      unit: '%',
      atMost: 110,
    }),
    aimLine({ what: 'slowest move', measured: round(slowest), unit: 'ms', atMost: 1_000 }),
    aimLine({
      what: 'memory of a listener',
      measured: round(ours.kbEach, 1),
      unit: 'KB',
      atMost: 12,
    }),
  ].join('\n');
}

export async function benchSse(): Promise<string> {
  const world = await openLineWorld([room]);
  try {
    const gateway = await world.startGateway();
    const places = await fillRoom(world, '1', many + few + 1_000);
    const requests = places.splice(-many - few).map((place) => streamOf(world, place));
    const orders = { port: gateway.port, requests: requests.splice(0, few) };
    const first = await startProcess('sse-client', 'listeners', orders);
    const fewCalls = await callsATick(world);
    first.stop();
    await sleep(1_000);
    const document = JSON.stringify(await answerOf(gateway.port, roomRequest));
    const bare = await world.startStream(document);
    const ours = await crowdAt(world, gateway, requests, () => followFront(world));
    const noted = {
      movedAtMs: async () => (await bare.ask('sent')) as number[],
      stop: () => undefined,
    };
    const plain = await crowdAt(world, bare, requests, () => Promise.resolve(noted));
    return report(fewCalls, ours, plain);
  } finally {
    await world.close();
  }
}

if (isMain(import.meta.url)) console.log(await benchSse());
