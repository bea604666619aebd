export interface Semaphore {
  /**
   * Runs `work` when one of the places is free.
   * @throws what `refuse` makes, when no place came free in time or too many wait already.
   */
  use<T>(work: () => Promise<T>): Promise<T>;
}

export interface SemaphoreOptions {
  /** How many may work at once. */
  places: number;
  /** How many may wait. */
  queueMax: number;
  waitMs: number;
  refuse: () => Error;
}

/** First come, first served, inside this process. */
export function createSemaphore({ places, queueMax, waitMs, refuse }: SemaphoreOptions): Semaphore {
  let free = places;
  const waiting = new Set<() => void>();

  function enter(): Promise<void> {
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    if (waiting.size >= queueMax) return Promise.reject(refuse());
    return new Promise((resolve, reject) => {
      const admit = (): void => {
        clearTimeout(timer);
        waiting.delete(admit);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(admit);
        reject(refuse());
      }, waitMs);
      waiting.add(admit);
    });
  }

  function leave(): void {
    const [next] = waiting;
    // The place goes from hand to hand: it is never free in between.
    if (next) next();
    else free += 1;
  }

  return {
    use: async (work) => {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
