import type { getLoad } from '../../shared/contracts/internal.ts';
import type { Reply } from '../../shared/contracts/endpoint.ts';

export type Load = Reply<typeof getLoad>;

/**
 * How much of the configured rate the core can take: additive increase, multiplicative decrease.
 * Half of it at once when a limit is passed, a twentieth more with each reading that is fine.
 */
export interface Pressure {
  /** A reading a second; `undefined` when the core gave none. */
  note(load: Load | undefined): void;
  /** Share of the rate that is let in, `minShare` … 1. */
  share(): number;
  /** What passed its limit last, while that still slows the line. */
  reason(): string | undefined;
}

export const loadLimits = {
  p95Ms: 2_000,
  errorShare: 0.1,
  poolWaitMs: 1_000,
  lockWaitMs: 1_000,
  eventLoopDelayMs: 500,
} as const;

const minShare = 0.1;
const step = 0.05;
/** A share of errors among a handful of answers says nothing. */
const leastRequests = 20;
/** The core's figures look back ten seconds: what was just done must show before it is done again. */
const restMs = 10_000;

type Limit = keyof typeof loadLimits;

function passedLimit(load: Load | undefined): Limit | 'away' | undefined {
  if (!load) return 'away';
  return (Object.keys(loadLimits) as Limit[]).find(
    (name) =>
      load[name] > loadLimits[name] && (name !== 'errorShare' || load.requests >= leastRequests),
  );
}

/** @param now monotonic, in ms. */
export function createPressure(now: () => number): Pressure {
  let share = 1;
  let reason: string | undefined;
  let cutAt = -Infinity;
  return {
    note(load) {
      const passed = passedLimit(load);
      if (passed === undefined) {
        share = Math.min(1, Number((share + step).toFixed(4)));
        if (share === 1) reason = undefined;
        return;
      }
      reason = passed;
      if (now() - cutAt < restMs) return;
      share = Math.max(minShare, share / 2);
      cutAt = now();
    },
    share: () => share,
    reason: () => reason,
  };
}
