/**
 * Joins a second on one gateway process beside a bare Hono handler that returns the same JSON, and
 * one that asks Redis once before, over raw ioredis; and how long 10,000 fans wait who join through 32 connections. Every fan is new; once with an access
 * token that the gateway has never seen, once with one that it has. `npm run bench -- join`
 */
import { isMain } from '../is-main.ts';
import { arrivals } from './arrivals.ts';
import { aimLine, round, table } from './figures.ts';
import { answerOf, benchRoom, openLineWorld, range } from './line-world.ts';
import { scaled } from './scale.ts';
import {
  type Contestant,
  interleave,
  oneWindow,
  sharePercent,
  type Standing,
  standingHead,
  standingRow,
} from './windows.ts';
import { once, type WireResult } from './wire-load.ts';

const connections = 32;
const warmUp = scaled(3_000);
const rounds = scaled(7, 3);
const perWindow = scaled(1_500);
const crowd = scaled(10_000);
const arrivalSeconds = scaled(4, 1);

/** The same fans join another room right after: by then the gateway knows their tokens. */
const knownName = 'ours, token seen before';
const concerts = [benchRoom, { ...benchRoom, concertId: '2' }];

const toOtherRoom = (join: Buffer): Buffer =>
  Buffer.from(join.toString('latin1').replace('/queue/1/', '/queue/2/'), 'latin1');

function report(standings: readonly Standing[], rush: WireResult, steady: string): string {
  const [bare, asking, fresh, known] = standings;
  if (!bare || !asking || !fresh || !known) throw new Error('a contestant is missing');
  const share = (what: string, one: Standing): string =>
    aimLine({ what, measured: sharePercent(one, bare), unit: '%', atLeast: 60 });
  const ofAsking = (one: Standing): number => sharePercent(one, asking);
  return [
    table(standingHead, standings.map(standingRow)),
    '',
    `${crowd} new fans through ${connections} connections: p50 ${round(rush.p50Ms, 1)} ms, ` +
      `p95 ${round(rush.p95Ms, 1)} ms, p99 ${round(rush.p99Ms, 1)} ms, ${rush.perSecond}/s`,
    '',
    steady,
    '',
    `Of the handler that asks Redis once: ${ofAsking(fresh)} %, seen before ${ofAsking(known)} %.`,
    '',
    share('joins of the bare handler’s requests', fresh),
    share('the same with access tokens seen before', known),
    aimLine({ what: 'p99 of the rush', measured: round(rush.p99Ms, 1), unit: 'ms', atMost: 7.5 }),
  ].join('\n');
}

export async function benchJoin(): Promise<string> {
  const world = await openLineWorld(concerts);
  try {
    const gateway = await world.startGateway();
    const first = await answerOf(gateway.port, await world.joinOf(1));
    const second = await answerOf(gateway.port, await world.joinOf(2));
    const answers = { join: second, status: first };
    const bare = await world.startBare(answers);
    const asking = await world.startBare(
      { ...answers, redisUrl: world.redisUrl },
      'bare Hono, one INCR by raw ioredis',
    );
    let fans = 10;
    const joins = async (count: number): Promise<{ fresh: Buffer[]; known: Buffer[] }> => {
      fans += count;
      const fresh = await world.joinsOf(range(fans - count, count));
      return { fresh, known: fresh.map(toOtherRoom) };
    };
    for (const one of [bare, asking, gateway])
      await oneWindow(one, { connections, next: once((await joins(warmUp)).fresh) });
    const windows = await Promise.all(range(0, rounds).map(() => joins(perWindow)));
    const contestants: Contestant[] = [
      bare,
      asking,
      { ...gateway, name: 'ours, token never seen' },
      { ...gateway, name: knownName },
    ];
    const load = ({ name }: Contestant, round: number) => {
      const { fresh = [], known = [] } = windows[round] ?? {};
      return { next: once(name === knownName ? known : fresh) };
    };
    const standings = await interleave(contestants, { rounds, connections, load });
    const rush = await oneWindow(gateway, { connections, next: once((await joins(crowd)).fresh) });
    const steady = await arrivals(gateway, {
      connections,
      seconds: arrivalSeconds,
      requests: async (count) => (await joins(count)).fresh,
    });
    return report(standings, rush, steady);
  } finally {
    await world.close();
  }
}

if (isMain(import.meta.url)) console.log(await benchJoin());
