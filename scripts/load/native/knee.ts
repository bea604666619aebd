import { breakpointUsersMax, type LoadPlan, offeredPerSecond } from '../plan.ts';
import type { Tally } from './tally.ts';

export interface Knee {
  /** Asked before each arrival, so long after the first one. */
  isReached(afterMs: number, onTheWay: number): boolean;
}

/** Not before: of a handful of joins the slowest is all there is. */
const fromMs = 3_000;
const everyMs = 500;

/**
 * Ends a breakpoint for all threads when it is one for any: 99 % of the joins so far are not answered
 * in time, or too many fans are on their way. Other scenarios have none.
 * @param over shared by the threads: not 0 as soon as it is reached
 */
export function createKnee(
  plan: LoadPlan,
  { tally, over, threads }: { tally: Tally; over: Int32Array; threads: number },
): Knee {
  if (plan.scenario !== 'breakpoint') return { isReached: () => false };
  let lookAtMs = fromMs;
  return {
    isReached(afterMs, onTheWay) {
      if (Atomics.load(over, 0) !== 0) return true;
      tally.gauge('offered_per_second', offeredPerSecond(plan, afterMs));
      if (onTheWay * threads > breakpointUsersMax) Atomics.store(over, 0, 1);
      if (afterMs < lookAtMs) return false;
      lookAtMs = afterMs + everyMs;
      if (tally.p99Ms('call_join') > plan.joinP99Ms) Atomics.store(over, 0, 1);
      return Atomics.load(over, 0) !== 0;
    },
  };
}
