import { LRUCache } from 'lru-cache';
import { createFlights } from './flights.ts';

/** What many ask for and may be a little old, by its key. */
export interface Kept<T> {
  /** At most `maxAgeMs` old, and never from before the last `forget()`. */
  get(key: string): Promise<T | undefined>;
  /** After a change: who asks from now on is told what was read after it. */
  forget(): void;
}

export interface KeptOptions<T> {
  /** @param before what was kept so far, for a value that says what is new in it */
  load: (key: string, before: T | undefined) => Promise<T | undefined>;
  /** Monotonic, in ms. */
  now: () => number;
  keysMax: number;
  /** Older than this it is read anew behind the answer. */
  refreshMs?: number;
  /** Older than this it is read anew before the answer. */
  maxAgeMs?: number;
}

/**
 * One load at a time per key (`createFlights`), and its value kept for a moment: a crowd costs the
 * database a few reads a second instead of one after another without end. What is not there is not
 * kept.
 */
export function createKept<T extends object>(options: KeptOptions<T>): Kept<T> {
  const { load, now, keysMax, refreshMs = 250, maxAgeMs = 500 } = options;
  const values = new LRUCache<string, { value: T; readAt: number }>({ max: keysMax });
  const refreshing = new Set<string>();
  let forgotten = 0;

  const flights = createFlights(async (key) => {
    const [asOf, readAt] = [forgotten, now()];
    const value = await load(key, values.get(key)?.value);
    // Begun before a change that is not in it, perhaps.
    if (asOf !== forgotten) return value;
    if (value === undefined) values.delete(key);
    else values.set(key, { value, readAt });
    return value;
  });

  function refresh(key: string): void {
    if (refreshing.has(key)) return;
    refreshing.add(key);
    const done = () => refreshing.delete(key);
    // Whoever asks when it has grown too old is told what went wrong.
    flights(key).then(done, done);
  }

  return {
    get: async (key) => {
      const known = values.get(key);
      const ageMs = known ? now() - known.readAt : Infinity;
      if (ageMs > maxAgeMs) return flights(key);
      if (ageMs > refreshMs) refresh(key);
      return known?.value;
    },
    forget: () => {
      forgotten += 1;
      for (const entry of values.values()) entry.readAt = -Infinity;
    },
  };
}
