/**
 * Spares a core that is down, and the callers, the waiting: after some failures in a row calls are
 * refused at once for a while; then one call is let through as a probe, and what becomes of it
 * decides for the others. Any answer at all, also of a call from before, closes it again.
 */
export interface Breaker {
  /** Whether a call may go now. Each `true` is followed by exactly one `report`. */
  enter(): boolean;
  /** `failed`: not reached, or no answer in time. `abandoned`: nobody waited for the outcome. */
  report(outcome: 'answered' | 'failed' | 'abandoned'): void;
  state(): 'closed' | 'open' | 'half-open';
  /** Time until a probe may go, in ms. */
  waitMs(): number;
}

export interface BreakerOptions {
  /** Unix time in ms. */
  now: () => number;
  /** Failures in a row that open it. */
  failuresMax?: number;
  openMs?: number;
}

export function createBreaker(options: BreakerOptions): Breaker {
  const { now, failuresMax = 5, openMs = 1_000 } = options;
  let failures = 0;
  let openUntilMs: number | undefined;
  let probing = false;

  const state = (): ReturnType<Breaker['state']> => {
    if (openUntilMs === undefined) return 'closed';
    return now() < openUntilMs ? 'open' : 'half-open';
  };

  return {
    state,
    waitMs: () => Math.max(0, (openUntilMs ?? 0) - now()),
    enter() {
      const current = state();
      if (current === 'closed') return true;
      if (current === 'open' || probing) return false;
      probing = true;
      return true;
    },
    report(outcome) {
      if (outcome === 'abandoned') {
        probing = false;
        return;
      }
      if (outcome === 'answered') {
        failures = 0;
        openUntilMs = undefined;
        probing = false;
        return;
      }
      failures += 1;
      if (failures < failuresMax) return;
      // A failure of a call from before says nothing about the probe, but costs only a second.
      openUntilMs = now() + openMs;
      probing = false;
    },
  };
}
