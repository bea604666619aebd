/**
 * Whether a place costs the same in a long line as in a short one: joins and questions in a room of
 * 1,000 and in one of 1,000,000, in turn, and what Redis keeps for each who waits.
 * `npm run bench -- room-size`
 */
import { isMain } from '../is-main.ts';
import { aimLine, round, table } from './figures.ts';
import {
  answerOf,
  benchRoom,
  fillRoom,
  type LineWorld,
  openLineWorld,
  range,
} from './line-world.ts';
import { isShort, scaled } from './scale.ts';
import { type Contestant, interleave, sharePercent, type Standing } from './windows.ts';
import { once } from './wire-load.ts';

const connections = 32;
const rounds = scaled(8, 4);
const perWindow = scaled(1_000, 250);
const small = { room: '1', count: 1_000 };
const large = { room: '2', count: isShort ? 200_000 : 1_000_000 };

const roomOf = (concertId: string) => ({ ...benchRoom, concertId, control: 'PAUSED' }) as const;

async function usedBytes({ redis }: LineWorld): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
}

type Asked = Buffer[] | Promise<Buffer[]>;
type Pair = readonly [few: Standing, many: Standing];

const row = (name: string, [few, many]: Pair) => [
  name,
  few.perSecond,
  many.perSecond,
  few.spread,
  many.spread,
  round(few.cpuMicrosEach),
  round(many.cpuMicrosEach),
  sharePercent(many, few),
];

function report(joins: Pair, questions: Pair, bytesEach: number): string {
  const share = ([few, many]: Pair): number => sharePercent(many, few);
  const head = [
    'call',
    `a second at ${small.count}`,
    `at ${large.count}`,
    'spread %',
    'spread %',
    `CPU µs at ${small.count}`,
    `at ${large.count}`,
    'share %',
  ];
  return [
    table(head, [row('join', joins), row('status', questions)]),
    '',
    aimLine({ what: 'joins in a long line', measured: share(joins), unit: '%', atLeast: 90 }),
    aimLine({ what: 'status in a long line', measured: share(questions), unit: '%', atLeast: 90 }),
    aimLine({
      what: 'Redis memory for each who waits',
      measured: round(bytesEach, 1),
      unit: 'bytes',
      atMost: 150,
    }),
  ].join('\n');
}

/** Both rooms, and what Redis keeps for each in the long one. */
async function fillBoth(world: LineWorld) {
  const few = await fillRoom(world, small.room, small.count);
  const before = await usedBytes(world);
  const many = await fillRoom(world, large.room, large.count);
  return { few, many, bytesEach: ((await usedBytes(world)) - before) / large.count };
}

export async function benchRoomSize(): Promise<string> {
  const world = await openLineWorld([roomOf(small.room), roomOf(large.room)]);
  try {
    const gateway = await world.startGateway();
    const { few, many, bytesEach } = await fillBoth(world);
    // The gateway reads how long the lines are from the answers of two joins.
    for (const { room } of [small, large])
      await answerOf(gateway.port, await world.joinOf(1, room));

    let fans = 10;
    const joinsFor = (room: string): Promise<Buffer[]> => {
      fans += perWindow;
      return world.joinsOf(range(fans, perWindow), room);
    };
    // Each asks once; the last of each line, who have the most before them.
    const questionsOf = (room: string): Buffer[] =>
      (room === small.room ? few : many).splice(-small.count / rounds).map(world.statusOf);

    const rooms = [small, large].map(({ room }): Contestant => ({ ...gateway, name: room }));
    async function run(requests: (room: string) => Asked, times: number): Promise<Pair> {
      const load = async ({ name }: Contestant) => ({ next: once(await requests(name)) });
      const [inFew, inMany] = await interleave(rooms, { rounds: times, connections, load });
      if (!inFew || !inMany) throw new Error('a room is missing');
      return [inFew, inMany];
    }
    await run(joinsFor, 2);
    const joins = await run(joinsFor, rounds);
    return report(joins, await run(questionsOf, rounds), bytesEach);
  } finally {
    await world.close();
  }
}

if (isMain(import.meta.url)) console.log(await benchRoomSize());
