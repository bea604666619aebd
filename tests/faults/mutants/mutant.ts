import type { CheckerName } from '../checkers/index.ts';
import { type Habits, usualHabits } from '../habits.ts';
import { type HallWish, usualHall } from '../hall.ts';

/** One text of the product that is replaced while it is read. */
export interface Edit {
  /** From the root of the repository. */
  file: string;
  from: string;
  to: string;
}

/** Who comes, and where to. */
export interface Load {
  name: string;
  fans: number;
  hall: HallWish;
  habits: Partial<Habits>;
  /** Over the services' environment. */
  env?: Record<string, string>;
  /** Comes and goes while the fans are at it, by its name in `faults`. */
  fault?: string;
  /** Every call has to be answered in so long, whatever the fault does. */
  answerWithinMs?: number;
}

/** The system with one of its guards taken out. Some checker has to see it. */
export interface Mutant {
  name: string;
  edits: readonly Edit[];
  /** Constraints that would still hold the line, dropped. */
  sql?: readonly string[];
  /** One of these says so. */
  seenBy: readonly (CheckerName | 'audit')[];
  /** What brings it to light. */
  load: Load;
}

/** Everybody is inside at once and wants one of few seats. */
export const crush: Load = {
  name: 'crush',
  fans: 16,
  hall: {
    seats: 12,
    policy: { maxActive: 100, admitPerSecond: 1_000, activeSeconds: 600, idleSeconds: 300 },
  },
  habits: { buysMax: 50, twoDevices: 0.7, severalAtOnce: 0.3, refundTwice: 0.7, pressAgain: 0.3 },
};

/** Seats for everybody, and holds that last two seconds, which many are too slow for. */
export const dawdle: Load = {
  name: 'dawdle',
  fans: 16,
  hall: { ...crush.hall, seats: 400 },
  habits: { buysMax: 50, forget: 0.3, tooLate: 0.5, tooLateMs: 3_000 },
  env: { HOLD_SECONDS: '2' },
};

/** Many in line for three slots, who look in and go. */
export const rush: Load = {
  name: 'rush',
  fans: 24,
  hall: { seats: 400, policy: { maxActive: 3 } },
  habits: { buysMax: 1, pressAgain: 0.5, leaveTwice: 0.5 },
};

/** Nearly everybody looks away when it is their turn, and comes back. */
export const absent: Load = {
  name: 'absent',
  fans: 48,
  hall: { seats: 400, policy: { maxActive: 12, claimSeconds: 5 } },
  habits: { buysMax: 1, missTurn: 0.9 },
};

/** One turn a second. */
export const trickle: Load = {
  name: 'trickle',
  fans: 24,
  hall: { seats: 400, policy: { maxActive: 100, admitPerSecond: 1 } },
  habits: { buysMax: 1 },
};

/** The locks are away, so that the database alone decides. */
export const unlocked: Load = {
  ...crush,
  name: 'unlocked',
  // Nobody listens on the port of a protocol that is no more.
  env: { LOCK_REDIS_URLS: 'redis://127.0.0.1:9' },
};

/** As always, and Redis hangs for a few seconds now and then. */
export const silence: Load = {
  name: 'silence',
  fans: 16,
  hall: usualHall(16),
  habits: usualHabits,
  fault: 'freeze redis',
  answerWithinMs: 3_000,
};

export const loads: readonly Load[] = [crush, dawdle, rush, absent, trickle, unlocked, silence];
