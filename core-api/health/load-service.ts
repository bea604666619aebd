import type { z } from 'zod';
import type { getLoad } from '../../shared/contracts/internal.ts';
import type { LoadMeter } from './load-meter.ts';

type Load = z.infer<(typeof getLoad)['reply']>;

export interface LoadService {
  figures(): Load;
}

export interface LoadServiceDeps {
  meter: LoadMeter;
  /** Mean waits since they were last asked for, in ms. */
  poolWaitMs: () => number;
  lockWaitMs: () => number;
  eventLoopDelayMs: () => number;
}

/**
 * Waits are means since the last reading, so readings closer together than this share one: two
 * gateways that ask at the same moment must not halve each other's window.
 */
const readingMs = 500;

export function createLoadService(deps: LoadServiceDeps, now = Date.now): LoadService {
  const { meter, poolWaitMs, lockWaitMs, eventLoopDelayMs } = deps;
  let last: { at: number; load: Load } | undefined;
  return {
    figures: () => {
      if (last && now() - last.at < readingMs) return last.load;
      const load = {
        ...meter.figures(),
        poolWaitMs: poolWaitMs(),
        lockWaitMs: lockWaitMs(),
        eventLoopDelayMs: eventLoopDelayMs(),
      };
      last = { at: now(), load };
      return load;
    },
  };
}
