import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';
import { callNames, type CountName, type GaugeName, type SpanName, spanNames } from '../io.ts';
import type { Distribution, LoadSummary } from '../summary.ts';

type TimeName = `call_${(typeof callNames)[number]}` | SpanName;

/** What one worker has seen, as it can be sent to another thread. */
export interface TallyRecord {
  times: [TimeName, string][];
  counts: [CountName, number][];
  gauges: [GaugeName, number][];
  unexpected: [string, number][];
}

/** Latencies into HDR histograms (three digits, 1 µs to 10 min), everything else as numbers. */
export interface Tally {
  time(name: TimeName, ms: number): void;
  count(name: CountName, by: number): void;
  gauge(name: GaugeName, value: number): void;
  /** An answer that nobody expected, in a few words. */
  unexpected(what: string): void;
  /** 99 % took so long at most; ms. */
  p99Ms(name: TimeName): number;
  record(): TallyRecord;
}

const maxUs = 600_000_000;

const newHistogram = (): Histogram =>
  build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: maxUs,
    numberOfSignificantValueDigits: 3,
  });

export function createTally(): Tally {
  const times = new Map<TimeName, Histogram>();
  const counts = new Map<CountName, number>();
  const gauges = new Map<GaugeName, number>();
  const unexpected = new Map<string, number>();
  const add = <Name>(to: Map<Name, number>, name: Name, by: number): unknown =>
    to.set(name, (to.get(name) ?? 0) + by);

  return {
    time: (name, ms) => {
      let histogram = times.get(name);
      if (!histogram) times.set(name, (histogram = newHistogram()));
      histogram.recordValue(Math.min(maxUs, Math.max(1, Math.round(ms * 1_000))));
    },
    count: (name, by) => add(counts, name, by),
    gauge: (name, value) => gauges.set(name, value),
    unexpected: (what) => add(unexpected, what, 1),
    p99Ms: (name) => (times.get(name)?.getValueAtPercentile(99) ?? 0) / 1_000,
    record: () => ({
      times: [...times].map(([name, histogram]) => [name, encodeIntoCompressedBase64(histogram)]),
      counts: [...counts],
      gauges: [...gauges],
      unexpected: [...unexpected],
    }),
  };
}

const spread = (histogram: Histogram): Distribution => {
  const ms = (percentile: number): number => histogram.getValueAtPercentile(percentile) / 1_000;
  return {
    count: histogram.totalCount,
    p50Ms: ms(50),
    p95Ms: ms(95),
    p99Ms: ms(99),
    maxMs: histogram.maxValue / 1_000,
  };
};

type Sums = Pick<LoadSummary, 'calls' | 'spans' | 'counts' | 'gauges'> & {
  unexpected: Map<string, number>;
};

/** What all workers have seen together. */
export function sumTallies(records: readonly TallyRecord[]): Sums {
  const times = new Map<TimeName, Histogram>();
  const counts = new Map<CountName, number>();
  const gauges = new Map<GaugeName, number>();
  const unexpected = new Map<string, number>();
  for (const record of records) {
    for (const [name, encoded] of record.times) {
      const sum = times.get(name) ?? newHistogram();
      sum.add(decodeFromCompressedBase64(encoded));
      times.set(name, sum);
    }
    for (const [name, by] of record.counts) counts.set(name, (counts.get(name) ?? 0) + by);
    // Each gauge is one worker's, or one that only grows.
    for (const [name, value] of record.gauges) {
      gauges.set(name, Math.max(value, gauges.get(name) ?? -Infinity));
    }
    for (const [what, by] of record.unexpected) {
      unexpected.set(what, (unexpected.get(what) ?? 0) + by);
    }
  }
  const spreads = <Name extends string>(names: readonly Name[], prefix: string) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const histogram = times.get(`${prefix}${name}` as TimeName);
        return histogram ? [[name, spread(histogram)]] : [];
      }),
    );
  return {
    calls: spreads(callNames, 'call_'),
    spans: spreads(spanNames, ''),
    counts: Object.fromEntries(counts),
    gauges: Object.fromEntries(gauges),
    unexpected,
  };
}
