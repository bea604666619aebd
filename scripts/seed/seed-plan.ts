import type { PolicyFields } from '../../shared/contracts/queue.ts';

/** Sample concerts. Every name is made up. */
export interface SeedConcert {
  concertName: string;
  seatsPerUser: number;
  /** Days from today of each date; doors at 19:00 in Seoul. */
  daysAhead: readonly number[];
  hall: readonly Block[];
  policy?: Partial<PolicyFields>;
}

/** Seats with one name and one price, numbered on from the block before. */
export interface Block {
  name: string;
  seats: number;
  price: number;
}

const clubHall: readonly Block[] = [
  { name: 'VIP', seats: 10, price: 150_000 },
  { name: 'R', seats: 20, price: 110_000 },
  { name: 'S', seats: 20, price: 77_000 },
];

const blocks = (names: readonly string[], seats: number, price: number): Block[] =>
  names.map((name) => ({ name, seats, price }));

const numbered = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(from + index));

/** 20,000 seats: the floor and three tiers. */
const arena: readonly Block[] = [
  ...blocks(['Floor A', 'Floor B', 'Floor C', 'Floor D'], 500, 198_000),
  ...blocks(numbered(101, 20), 400, 165_000),
  ...blocks(numbered(201, 20), 300, 132_000),
  ...blocks(numbered(301, 20), 200, 99_000),
];

const dayMs = 86_400_000;

/** The concerts as of `now`, in Unix ms. The first one is on sale at once. */
export function seedPlan(now: number): SeedConcert[] {
  return [
    {
      concertName: 'Lantern Parade: Winter Nights',
      seatsPerUser: 4,
      daysAhead: [30, 31],
      hall: clubHall,
    },
    {
      concertName: '달무리 밴드 단독 콘서트',
      seatsPerUser: 4,
      daysAhead: [38, 39, 40],
      hall: clubHall,
    },
    {
      concertName: 'Harbour Glass Quartet',
      seatsPerUser: 2,
      daysAhead: [45],
      hall: clubHall,
    },
    {
      concertName: 'NOVA LINE World Tour in Seoul',
      seatsPerUser: 2,
      daysAhead: [60],
      hall: arena,
      policy: { maxActive: 500, admitPerSecond: 50 },
    },
    {
      concertName: 'Paper Comet: First Light',
      seatsPerUser: 4,
      daysAhead: [75, 76],
      hall: clubHall,
      policy: {
        opensAt: new Date(now + 7 * dayMs).toISOString(),
        preQueueOpensAt: new Date(now + 7 * dayMs - 3_600_000).toISOString(),
        message: 'Tickets go on sale in a week.',
      },
    },
  ];
}

const seoulDoorsUtcHour = 10;

export function concertDtOf(now: number, daysAhead: number): Date {
  const day = new Date(now + daysAhead * dayMs);
  day.setUTCHours(seoulDoorsUtcHour, 0, 0, 0);
  return day;
}

/** The seats of a hall with their numbers, 1, 2, 3, … */
export function seatsOf(
  hall: readonly Block[],
): { seatNum: number; price: number; block: string }[] {
  let seatNum = 0;
  return hall.flatMap(({ name, seats, price }) =>
    Array.from({ length: seats }, () => ({ seatNum: (seatNum += 1), price, block: name })),
  );
}
