/**
 * Joins a second on one gateway process beside a bare Hono handler that returns the same JSON, and
 * how long 10,000 fans wait who join through 32 connections. Every fan is new, with an access token
 * that the gateway has never seen. `npm run bench -- join`
 */
import { isMain } from '../is-main.ts';
import { aimLine, round, table } from './figures.ts';
import { answerOf, openLineWorld, range } from './line-world.ts';
import { scaled } from './scale.ts';
import { interleave, oneWindow, sharePercent, standingHead, standingRow } from './windows.ts';
import { once } from './wire-load.ts';

const connections = 32;
const warmUp = scaled(3_000);
const rounds = scaled(7, 3);
const perWindow = scaled(1_500);
const crowd = scaled(10_000);

export async function benchJoin(): Promise<string> {
  const world = await openLineWorld();
  try {
    const gateway = await world.startGateway();
    const first = await answerOf(gateway.port, world.joinOf(1));
    const second = await answerOf(gateway.port, world.joinOf(2));
    const bare = await world.startBare({ join: second, status: first });
    let fans = 10;
    const joins = (count: number): Buffer[] => {
      fans += count;
      return range(fans - count, count).map((fan) => world.joinOf(fan));
    };
    for (const one of [bare, gateway])
      await oneWindow(one, { connections, next: once(joins(warmUp)) });
    const windows = range(0, rounds).map(() => joins(perWindow));
    const load = (_: unknown, round: number) => ({ next: once(windows[round] ?? []) });
    const [yardstick, ours] = await interleave([bare, gateway], { rounds, connections, load });
    const rush = await oneWindow(gateway, { connections, next: once(joins(crowd)) });
    if (!ours || !yardstick) throw new Error('a contestant is missing');
    return [
      table(standingHead, [standingRow(yardstick), standingRow(ours)]),
      '',
      `${crowd} fans through ${connections} connections: p50 ${round(rush.p50Ms, 1)} ms, ` +
        `p95 ${round(rush.p95Ms, 1)} ms, p99 ${round(rush.p99Ms, 1)} ms, ${rush.perSecond}/s`,
      '',
      aimLine({
        what: 'joins of the bare handler’s requests',
        measured: sharePercent(ours, yardstick),
        unit: '%',
        atLeast: 60,
      }),
      aimLine({ what: 'p99 of the rush', measured: round(rush.p99Ms, 1), unit: 'ms', atMost: 7.5 }),
    ].join('\n');
  } finally {
    await world.close();
  }
}

if (isMain(import.meta.url)) console.log(await benchJoin());
