/** Figures of the answers of the last seconds. */
export interface LoadFigures {
  requests: number;
  p95Ms: number;
  /** Share of answers with a status of 500 or more, 0 to 1. */
  errorShare: number;
}

export interface LoadMeter {
  record(status: number, durationMs: number): void;
  figures(): LoadFigures;
}

const windowSeconds = 10;
/** Bucket n holds durations up to 1.2^n ms: 48 of them reach past 6 s, each within 20 %. */
const growth = 1.2;
const buckets = 56;

interface Second {
  at: number;
  requests: number;
  errors: number;
  byDuration: Uint32Array;
}

const newSecond = (): Second => ({
  at: -1,
  requests: 0,
  errors: 0,
  byDuration: new Uint32Array(buckets),
});

const bucketOf = (durationMs: number): number =>
  Math.min(buckets - 1, Math.max(0, Math.ceil(Math.log(durationMs) / Math.log(growth))));

/**
 * A sliding window of ten seconds as a ring of histograms: recording costs the same at any load,
 * and memory is fixed.
 */
export function createLoadMeter(now: () => number = Date.now): LoadMeter {
  const ring = Array.from({ length: windowSeconds }, newSecond);

  function secondAt(at: number): Second {
    const slot = ring[at % windowSeconds] ?? newSecond();
    if (slot.at !== at) {
      slot.at = at;
      slot.requests = 0;
      slot.errors = 0;
      slot.byDuration.fill(0);
    }
    return slot;
  }

  return {
    record: (status, durationMs) => {
      const second = secondAt(Math.floor(now() / 1_000));
      const bucket = bucketOf(durationMs);
      second.requests += 1;
      if (status >= 500) second.errors += 1;
      second.byDuration[bucket] = (second.byDuration[bucket] ?? 0) + 1;
    },
    figures: () => {
      const oldest = Math.floor(now() / 1_000) - windowSeconds;
      const recent = ring.filter(({ at }) => at > oldest);
      const sum = (valueOf: (second: Second) => number): number =>
        recent.reduce((total, second) => total + valueOf(second), 0);
      const requests = sum((second) => second.requests);
      const errors = sum((second) => second.errors);
      return {
        requests,
        p95Ms: percentile95(recent, requests),
        errorShare: requests === 0 ? 0 : errors / requests,
      };
    },
  };
}

/** The upper bound of the bucket in which the 95th of 100 answers lies. */
function percentile95(seconds: Second[], requests: number): number {
  if (requests === 0) return 0;
  let left = Math.ceil(requests * 0.95);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    for (const { byDuration } of seconds) left -= byDuration[bucket] ?? 0;
    if (left <= 0) return Math.round(growth ** bucket * 10) / 10;
  }
  return growth ** buckets;
}
