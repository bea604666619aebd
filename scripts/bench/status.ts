/**
 * "Where am I?" of people who wait, each with a token of its own, on one gateway process beside a
 * bare Hono handler that returns the same JSON. `npm run bench -- status`
 */
import { isMain } from '../is-main.ts';
import { arrivals } from './arrivals.ts';
import { aimLine, round, table } from './figures.ts';
import { answerOf, benchRoom, fillRoom, openLineWorld, range } from './line-world.ts';
import { scaled } from './scale.ts';
import { interleave, oneWindow, sharePercent, standingHead, standingRow } from './windows.ts';
import { cycle, once } from './wire-load.ts';

const connections = 32;
const rounds = scaled(7, 3);
const perWindow = scaled(3_000);
const crowd = scaled(10_000);
const arrivalSeconds = scaled(4, 1);
/** 500 and 1,000 a second. */
const arriving = 1_500 * arrivalSeconds;
/** Nobody is let in, so that the question is the same for everybody. */
const room = { ...benchRoom, control: 'PAUSED' } as const;

export async function benchStatus(): Promise<string> {
  const world = await openLineWorld([room]);
  try {
    const gateway = await world.startGateway();
    const waiting = rounds * perWindow + 2 * crowd + arriving;
    const places = await fillRoom(world, '1', waiting);
    // The next tick tells the gateway how long the line is.
    const join = await answerOf(gateway.port, await world.joinOf(1));
    const questions = places.map(world.statusOf);
    const status = await answerOf(gateway.port, questions[waiting - 1] as Buffer);
    const bare = await world.startBare({ join, status });
    const take = (count: number): Buffer[] => questions.splice(0, count);
    await oneWindow(bare, { connections, next: cycle(questions.slice(0, 100)), durationMs: 1_000 });
    await oneWindow(gateway, { connections, next: once(take(crowd - 1)) });
    const windows = range(0, rounds).map(() => take(perWindow));
    const load = (_: unknown, at: number) => ({ next: once(windows[at] ?? []) });
    const [yardstick, ours] = await interleave([bare, gateway], { rounds, connections, load });
    const rush = await oneWindow(gateway, { connections, next: once(take(crowd - 1)) });
    const steady = await arrivals(gateway, {
      connections,
      seconds: arrivalSeconds,
      requests: take,
    });
    if (!ours || !yardstick) throw new Error('a contestant is missing');
    return [
      table(standingHead, [standingRow(yardstick), standingRow(ours)]),
      '',
      `${crowd} questions through ${connections} connections: p50 ${round(rush.p50Ms, 1)} ms, ` +
        `p95 ${round(rush.p95Ms, 1)} ms, p99 ${round(rush.p99Ms, 1)} ms, ${rush.perSecond}/s`,
      '',
      steady,
      '',
      aimLine({
        what: 'answers of the bare handler’s',
        measured: sharePercent(ours, yardstick),
        unit: '%',
        atLeast: 60,
      }),
      aimLine({ what: 'p99', measured: round(rush.p99Ms, 1), unit: 'ms', atMost: 6 }),
    ].join('\n');
  } finally {
    await world.close();
  }
}

if (isMain(import.meta.url)) console.log(await benchStatus());
