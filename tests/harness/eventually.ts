import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long the condition may take to become true. */
  deadlineMs?: number;
  intervalMs?: number;
}

/**
 * Repeats `check` until it no longer throws and returns what it returned. At the deadline its last
 * failure is thrown as it is, so that the assertion that did not hold is what a person reads.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { deadlineMs = 5_000, intervalMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
    }
    await sleep(intervalMs);
  }
}
