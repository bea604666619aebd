/**
 * Whether the line keeps its word: two gateways on one Redis, one of them killed without a warning,
 * fans of whom some leave, some vanish and some do not take their turn. One room is bound by its
 * rate, the other by its slots. `npm run bench -- admission`
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isMain } from '../is-main.ts';
import { fateOf, type FanWorld, openPools, playFan } from './admission-fans.ts';
import { judge, type Seen } from './admission-record.ts';
import { aimLine, round, table } from './figures.ts';
import { benchRoom, type LineWorld, openLineWorld, range } from './line-world.ts';
import { isShort } from './scale.ts';

/** Two claim windows and more: from then on turns that are not taken come back steadily. */
const settleMs = 18_000;
const measureMs = isShort ? 15_000 : 60_000;
const killAtMs = settleMs + measureMs / 2;
const perSecond = isShort ? 20 : 40;
const slots = 40;
const base = { ...benchRoom, claimSeconds: 8, graceSeconds: 0 };
const byRate = { ...base, concertId: '1', maxActive: 2_000, admitPerSecond: perSecond };
const bySlots = { ...base, concertId: '2', maxActive: slots, admitPerSecond: 1_000 };
/** A few more come than are let in, so that somebody always waits and the crowd stays small. */
const arrivals = {
  [byRate.concertId]: { headStart: perSecond * 6, perSecond: perSecond * 2.2 },
  [bySlots.concertId]: { headStart: slots * 3, perSecond: slots / 3 },
};

/** What Redis tells the gateways of the two rooms. */
async function follow({ redis }: LineWorld, records: ReadonlyMap<string, Seen[]>) {
  const subscriber = redis.duplicate();
  await subscriber.subscribe('line');
  subscriber.on('message', (_channel, message) => {
    const [, room = '', what = '', rest = ''] = /^room:(\d+) (\w+) (.*)$/s.exec(message) ?? [];
    const atMs = performance.now();
    if (what === 'front')
      records.get(room)?.push({ what, atMs, front: Number(rest.split(' ')[0]) });
    if (what !== 'bulletin') return;
    const { document } = JSON.parse(rest) as { document: string };
    const { active } = JSON.parse(document) as { active: number };
    records.get(room)?.push({ what: 'slots', atMs, slots: active });
  });
  return () => subscriber.disconnect();
}

async function play(world: FanWorld, firstUser: number): Promise<void> {
  const { headStart = 0, perSecond: rate = 0 } = arrivals[world.room] ?? {};
  const startedAt = performance.now();
  const playing: Promise<void>[] = [];
  while (!world.isOver()) {
    const due = headStart + ((performance.now() - startedAt) * rate) / 1_000;
    for (const userId of range(firstUser + playing.length, Math.floor(due) - playing.length))
      playing.push(playFan(world, userId, fateOf([Math.random(), Math.random()])));
    await sleep(50);
  }
  await Promise.all(playing);
}

function report(records: ReadonlyMap<string, Seen[]>, startedAt: number): string {
  const span = { fromMs: startedAt + settleMs, toMs: startedAt + settleMs + measureMs };
  const verdicts = [byRate, bySlots].map((room) => ({
    room,
    ...judge(records.get(room.concertId) ?? [], span),
  }));
  const rows = verdicts.map((one) => [
    one.room === byRate ? `${perSecond} a second` : `${slots} slots`,
    one.activated,
    round(one.perSecond, 2),
    one.slotsMax,
    one.insideMax,
    one.inversions,
    one.doubles,
  ]);
  const [rate, slot] = verdicts;
  const sum = (name: 'inversions' | 'doubles'): number =>
    verdicts.reduce((total, one) => total + one[name], 0);
  const off = Math.abs(100 * ((rate?.perSecond ?? 0) / perSecond - 1));
  const most = Math.max(slot?.slotsMax ?? 0, slot?.insideMax ?? 0);
  return [
    table(
      ['room', 'went in', 'a second', 'slots at most', 'inside at most', 'inversions', 'doubles'],
      rows,
    ),
    '',
    aimLine({ what: 'rate off the policy', measured: round(off, 2), unit: '%', atMost: 2 }),
    aimLine({ what: 'slots in use at most', measured: most, unit: 'slots', atMost: slots }),
    aimLine({
      what: 'inversions among the living',
      measured: sum('inversions'),
      unit: '',
      atMost: 0,
    }),
    aimLine({ what: 'numbers given twice', measured: sum('doubles'), unit: '', atMost: 0 }),
  ].join('\n');
}

export async function benchAdmission(): Promise<string> {
  const line = await openLineWorld([byRate, bySlots]);
  try {
    const first = await line.startGateway('first');
    const second = await line.startGateway('second');
    const pools = openPools([first.port, second.port]);
    const records = new Map([byRate, bySlots].map(({ concertId }) => [concertId, [] as Seen[]]));
    const unfollow = await follow(line, records);
    const startedAt = performance.now();
    const endsAt = startedAt + settleMs + measureMs;
    const isOver = (): boolean => performance.now() >= endsAt;
    const nap = (ms: number): Promise<void> =>
      sleep(Math.max(0, Math.min(ms, endsAt - performance.now())));
    const stayMs = (): number => 500 + Math.random() * 1_500;
    const played = [byRate, bySlots].map(({ concertId }, at) => {
      const { accessTokenOf } = line;
      const record = records.get(concertId) ?? [];
      const world = { room: concertId, pools, accessTokenOf, record, stayMs, isOver, nap };
      return play(world, 1 + at * 1_000_000);
    });
    const killing = setTimeout(() => first.kill(), killAtMs);
    await Promise.all(played);
    clearTimeout(killing);
    unfollow();
    await Promise.all(pools.map((pool) => pool.destroy()));
    return report(records, startedAt);
  } finally {
    await line.close();
  }
}

if (isMain(import.meta.url)) console.log(await benchAdmission());
