import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long the condition may take to become true. */
  deadlineMs?: number;
  intervalMs?: number;
}

const beatMs = 10;
/** A timer that is later than this was held up by the machine, not by what is waited for. */
const lateMs = 50;

/** How long this process has been kept from running since the clock was started. */
function startStallClock(): { stalledMs(): number; stop(): void } {
  let stalledMs = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const late = now - last - beatMs;
    if (late > lateMs) stalledMs += late;
    last = now;
  }, beatMs);
  return { stalledMs: () => stalledMs, stop: () => clearInterval(timer) };
}

/**
 * Repeats `check` until it no longer throws and returns what it returned. At the deadline its last
 * failure is thrown as it is, so that the assertion that did not hold is what a person reads. Time
 * in which the machine let nobody run is not counted.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { deadlineMs = 5_000, intervalMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const startedAt = performance.now();
  const clock = startStallClock();
  const isOver = (): boolean => performance.now() - startedAt - clock.stalledMs() >= deadlineMs;
  const attempt = async (): Promise<T> => {
    for (;;) {
      try {
        return await check();
      } catch (error) {
        if (isOver()) throw error;
      }
      await sleep(intervalMs);
    }
  };
  return attempt().finally(() => clock.stop());
}
