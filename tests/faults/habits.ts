/** What fans do, and how often: chances from 0 to 1. A hunt turns up what its mutant shows by. */
export interface Habits {
  /** A button is pressed several times at once. */
  pressAgain: number;
  /** Points are charged on two devices at once. */
  twoDevices: number;
  /** Seats are held on three devices at once. */
  severalAtOnce: number;
  /** A refund is asked for twice at once, each time as if it were the first. */
  refundTwice: number;
  /** What was bought is kept until the next visit. */
  keep: number;
  /** A hold is neither paid nor given back. */
  forget: number;
  /** Paid only when the hold has surely run out. */
  tooLate: number;
  tooLateMs: number;
  /** Holds in a visit, at most. */
  buysMax: number;
  /** The turn is missed, and taken in the lane of those who return. */
  missTurn: number;
  missMs: number;
  /** The place is left twice. */
  leaveTwice: number;
}

export const usualHabits: Habits = {
  pressAgain: 0.1,
  twoDevices: 0.3,
  severalAtOnce: 0.05,
  refundTwice: 0.1,
  keep: 0.15,
  forget: 0,
  tooLate: 0.02,
  // Longer than a hold of the rig lasts.
  tooLateMs: 7_000,
  buysMax: 3,
  missTurn: 0,
  missMs: 6_000,
  leaveTwice: 0.1,
};
