import type { Pace } from './room-rules.ts';

interface Sample {
  nowMs: number;
  admitted: number;
}

export interface PaceMeter {
  /** Notes how many have been admitted so far, and what that makes. */
  measure(sample: Sample): Pace;
}

const windowMs = 60_000;
const stepMs = 1_000;
/** A speed measured over less than this says nothing. */
const leastMs = 5_000;

/** How fast people are really let in, over a sliding minute; never the configured rate. */
export function createPaceMeter(): PaceMeter {
  const samples: Sample[] = [];
  return {
    measure(sample) {
      const latest = samples.at(-1);
      if (!latest || sample.nowMs - latest.nowMs >= stepMs) samples.push(sample);
      while ((samples[1]?.nowMs ?? Infinity) <= sample.nowMs - windowMs) samples.shift();
      const [oldest = sample] = samples;
      const elapsedMs = sample.nowMs - oldest.nowMs;
      const admittedPerMinute = sample.admitted - oldest.admitted;
      if (elapsedMs < leastMs || admittedPerMinute <= 0)
        return { admittedPerMinute: Math.max(0, admittedPerMinute), speedPerSecond: null };
      // Two digits: a number that trembles would be news at every tick.
      const speed = Number(((admittedPerMinute * 1_000) / elapsedMs).toPrecision(2));
      return { admittedPerMinute, speedPerSecond: speed };
    },
  };
}
