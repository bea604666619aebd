import type { Count } from './limit-store.ts';

interface Window {
  used: number;
  endsAtMs: number;
}

/** Of one span. Whoever has that many addresses begins a new one early, and forgets the one before. */
const usualKeysMax = 200_000;

/**
 * Counts calls of each key in windows that begin with its first call, in this process alone and at
 * once: with a timer for each key, as a library does it, counting costs as much as Redis does.
 * Windows of two spans are kept; those of the one before have all ended when it is let go.
 */
export function createOwnCounter(options: {
  seconds: number;
  keysMax?: number;
  /** Monotonic, in ms. */
  now: () => number;
}): (key: string) => Count {
  const { now, keysMax = usualKeysMax } = options;
  const spanMs = options.seconds * 1_000;
  let spanEndsAtMs = now() + spanMs;
  let recent = new Map<string, Window>();
  let before = new Map<string, Window>();

  function turnOver(nowMs: number): void {
    if (nowMs < spanEndsAtMs && recent.size < keysMax) return;
    before = recent;
    recent = new Map();
    spanEndsAtMs = nowMs + spanMs;
  }

  function windowOf(key: string, nowMs: number): Window {
    const known = recent.get(key) ?? before.get(key);
    if (known && known.endsAtMs > nowMs) return known;
    const begun = { used: 0, endsAtMs: nowMs + spanMs };
    recent.set(key, begun);
    return begun;
  }

  return function count(key) {
    const nowMs = now();
    turnOver(nowMs);
    const window = windowOf(key, nowMs);
    window.used += 1;
    return { used: window.used, waitMs: window.endsAtMs - nowMs };
  };
}
