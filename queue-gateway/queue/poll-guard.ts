import { LRUCache } from 'lru-cache';
import { Problem } from '../../shared/problems.ts';

/**
 * Holds people to the pace they were told, from memory alone. Each process knows what it told
 * itself; the client may have heard of a shorter pause from another one since. What this process
 * would tell now comes from the same news, so the shorter of the two is what counts: who keeps to
 * the pause is not refused, whoever told it, and who does not gets as many answers as there are
 * processes.
 */
export interface PollGuard {
  /**
   * @param pauseNowMs what would be told now; asked only for a question that seems early.
   * @throws Problem `too-many-requests` before half of the pause has passed.
   */
  check(key: string, pauseNowMs: () => number): void;
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
  const told = new LRUCache<string, { atMs: number; pauseMs: number }>({ max: maxKnown });
  return {
    check(key, pauseNowMs) {
      const last = enforced ? told.get(key) : undefined;
      if (!last) return;
      const sinceMs = now() - last.atMs;
      if (sinceMs >= last.pauseMs / 2) return;
      const waitMs = Math.min(last.pauseMs, pauseNowMs()) / 2 - sinceMs;
      if (waitMs <= 0) return;
      throw new Problem('too-many-requests', { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
    },
    told: (key, pauseMs) => void told.set(key, { atMs: now(), pauseMs }),
    // Kept, without a pause: to take out the last one this cache clears all its 200,000 slots.
    forgive(key) {
      if (told.has(key)) told.set(key, { atMs: 0, pauseMs: 0 });
    },
  };
}
