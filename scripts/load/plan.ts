import type { PolicyFields } from '../../shared/contracts/queue.ts';

/** What fans do in a scenario; both drivers run the same. */
export const scenarioNames = [
  'queue-admission',
  'flash-crowd',
  'seat-rush',
  'full-journey',
  'soak',
  'breakpoint',
] as const;
export type ScenarioName = (typeof scenarioNames)[number];

/** One run, worked out: what is prepared, how fans arrive, what has to hold. */
export interface LoadPlan {
  scenario: ScenarioName;
  /** Accounts that are made; a run that needs more arrivals uses them again. */
  fans: number;
  /** Fans that arrive a second, on average, whatever the system does. */
  joinsPerSecond: number;
  /** How long they arrive. */
  joinSeconds: number;
  seats: number;
  seatsPerUser: number;
  /** Share of those inside who buy; the others leave. */
  payShare: number;
  policy: Pick<PolicyFields, 'maxActive' | 'admitPerSecond' | 'maxWaiting'>;
  /** 99 % of the joins have to be answered in this time; 0: nothing is asked. */
  joinP99Ms: number;
  /** The last seat has to be paid so soon after the first fan came; 0: nothing is asked. */
  soldOutSeconds: number;
  /** How a fan hears of its turn. */
  waitsBy: 'polling' | 'events';
}

/** What a person may say in the environment, and what it means. */
export const loadVariables = {
  FANS: 'fans that arrive (their accounts are made first)',
  RATE: 'fans that arrive a second',
  SECONDS: 'how long they arrive, where no number of fans ends it (soak, breakpoint)',
  SEATS: 'seats of the concert',
  ADMIT_PER_SECOND: 'policy of the room',
  MAX_ACTIVE: 'policy of the room',
  PAY_SHARE: 'share of those inside who buy, 0 to 1',
  JOIN_P99_MS: 'the run fails when 99 % of the joins take longer; 0 asks nothing',
  SOLD_OUT_SECONDS: 'seat-rush fails when the last seat is paid later; 0 asks nothing',
} as const;
type Variable = keyof typeof loadVariables;

type Wish = Partial<Record<Variable, number>>;

const limits: Record<Variable, [number, number]> = {
  FANS: [1, 1_000_000],
  RATE: [0.1, 100_000],
  SECONDS: [1, 86_400],
  SEATS: [1, 50_000],
  ADMIT_PER_SECOND: [0.1, 10_000],
  MAX_ACTIVE: [1, 1_000_000],
  PAY_SHARE: [0, 1],
  JOIN_P99_MS: [0, 60_000],
  SOLD_OUT_SECONDS: [0, 86_400],
};

/** @throws Error naming the variable that is no number in its range. */
function readWish(env: Record<string, string | undefined>): Wish {
  const wish: Wish = {};
  for (const name of Object.keys(loadVariables) as Variable[]) {
    const text = env[name];
    if (text === undefined || text === '') continue;
    const [min, max] = limits[name];
    const value = Number(text);
    if (!(value >= min && value <= max)) throw new Error(`${name} is ${min} to ${max}`);
    wish[name] = value;
  }
  return wish;
}

interface Habit {
  fans: number;
  joinsPerSecond: number;
  /** Set where time ends the run, not the number of fans. */
  joinSeconds?: number;
  seats: number;
  seatsPerUser?: number;
  payShare: number;
  admitPerSecond: (joinsPerSecond: number) => number;
  maxActive: (fans: number) => number;
  joinP99Ms?: number;
}

const everyone = (fans: number): number => fans;
const rateMax = 10_000;
const faster = (joinsPerSecond: number): number => Math.min(rateMax, joinsPerSecond * 2);

const habits: Record<ScenarioName, Habit> = {
  // Fewer are let in than arrive, so that a line builds up and the rate is what binds.
  'queue-admission': {
    fans: 2_000,
    joinsPerSecond: 200,
    seats: 50,
    payShare: 0,
    admitPerSecond: (joinsPerSecond) => joinsPerSecond * 0.2,
    maxActive: everyone,
  },
  'flash-crowd': {
    fans: 2_000,
    joinsPerSecond: 400,
    seats: 200,
    payShare: 0.2,
    admitPerSecond: () => 100,
    maxActive: () => 100,
  },
  'seat-rush': {
    fans: 300,
    joinsPerSecond: 300,
    seats: 50,
    payShare: 1,
    admitPerSecond: (joinsPerSecond) => Math.min(rateMax, joinsPerSecond),
    maxActive: everyone,
  },
  'full-journey': {
    fans: 300,
    joinsPerSecond: 15,
    seats: 1_000,
    payShare: 0.7,
    admitPerSecond: faster,
    maxActive: everyone,
  },
  soak: {
    fans: 600,
    joinsPerSecond: 10,
    joinSeconds: 600,
    seats: 1_000,
    payShare: 0.7,
    admitPerSecond: faster,
    maxActive: everyone,
  },
  breakpoint: {
    fans: 20_000,
    joinsPerSecond: 3_000,
    joinSeconds: 60,
    seats: 50,
    payShare: 0,
    admitPerSecond: () => rateMax,
    maxActive: () => 1_000_000,
    joinP99Ms: 100,
  },
};

/** @throws Error naming the variable that is wrong. */
export function planLoad(
  scenario: ScenarioName,
  env: Record<string, string | undefined>,
  waitsBy: LoadPlan['waitsBy'] = 'polling',
): LoadPlan {
  const habit = habits[scenario];
  const wish = readWish(env);
  const fans = Math.floor(wish.FANS ?? habit.fans);
  // A crowd given in other numbers still arrives in the same time.
  const habitSeconds = habit.joinSeconds ?? habit.fans / habit.joinsPerSecond;
  const isTimed = habit.joinSeconds !== undefined;
  const joinsPerSecond =
    wish.RATE ?? (isTimed ? habit.joinsPerSecond : Math.max(0.1, fans / habitSeconds));
  const joinSeconds = isTimed ? (wish.SECONDS ?? habitSeconds) : fans / joinsPerSecond;
  return {
    scenario,
    fans,
    joinsPerSecond,
    joinSeconds,
    seats: Math.floor(wish.SEATS ?? habit.seats),
    seatsPerUser: habit.seatsPerUser ?? 4,
    payShare: wish.PAY_SHARE ?? habit.payShare,
    policy: {
      admitPerSecond: wish.ADMIT_PER_SECOND ?? habit.admitPerSecond(joinsPerSecond),
      maxActive: Math.floor(wish.MAX_ACTIVE ?? habit.maxActive(fans)),
      maxWaiting: Math.max(100_000, fans),
    },
    joinP99Ms: wish.JOIN_P99_MS ?? habit.joinP99Ms ?? 0,
    soldOutSeconds: wish.SOLD_OUT_SECONDS ?? 0,
    waitsBy,
  };
}

/** How long the speed of the line is measured: while fans arrive, and as long as the line behind them lasts. */
export const watchSeconds = ({ fans, policy }: LoadPlan): number =>
  Math.ceil(fans / policy.admitPerSecond) + 5;

/** Where a breakpoint begins. */
export const rampFromPerSecond = 50;

/** Fans that are to arrive a second, so long after the first of a breakpoint. */
export function offeredPerSecond(
  { joinsPerSecond, joinSeconds }: LoadPlan,
  afterMs: number,
): number {
  const share = Math.min(1, afterMs / 1_000 / joinSeconds);
  return Math.round(rampFromPerSecond + (joinsPerSecond - rampFromPerSecond) * share);
}

/** So many fans on their way at once are the knee as well: the system does not keep up. */
export const breakpointUsersMax = 2_000;
