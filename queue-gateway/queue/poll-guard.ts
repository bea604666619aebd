import { LRUCache } from 'lru-cache';
import { Problem } from '../../shared/problems.ts';

/** Holds people to the pace they were told, from memory alone. */
export interface PollGuard {
  /** @throws Problem `too-many-requests` before half of the told pause has passed. */
  check(key: string): void;
  /** Told to ask again after this. */
  told(key: string, pollAfterMs: number): void;
  /** Something happened: the next question may come at once. */
  forgive(key: string): void;
}

/** About 100 bytes each. */
const maxKnown = 200_000;

export function createPollGuard(options: {
  /** Monotonic, in ms. */
  now: () => number;
  /** False in load tests. */
  enforced: boolean;
}): PollGuard {
  const { now, enforced } = options;
  const earliest = new LRUCache<string, number>({ max: maxKnown });
  return {
    check(key) {
      const waitMs = (earliest.get(key) ?? 0) - now();
      if (!enforced || waitMs <= 0) return;
      throw new Problem('too-many-requests', { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
    },
    told: (key, pollAfterMs) => void earliest.set(key, now() + pollAfterMs / 2),
    forgive: (key) => void earliest.delete(key),
  };
}
