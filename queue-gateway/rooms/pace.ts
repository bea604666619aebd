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

/** A number that trembles would be news at every tick. */
const twoDigits = (value: number): number => Number(value.toPrecision(2));

/** Variance of the people of a millisecond: squared distances from the mean, over the time. */
function spreadOf(samples: readonly Sample[], perMs: number): number {
  let [squares, elapsedMs] = [0, 0];
  for (const [at, { nowMs, admitted }] of samples.entries()) {
    const before = samples[at - 1];
    if (!before) continue;
    const ms = nowMs - before.nowMs;
    squares += (admitted - before.admitted - perMs * ms) ** 2;
    elapsedMs += ms;
  }
  return elapsedMs === 0 ? 0 : squares / elapsedMs;
}

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
        return {
          admittedPerMinute: Math.max(0, admittedPerMinute),
          speedPerSecond: null,
          spread: 0,
        };
      const perMs = admittedPerMinute / elapsedMs;
      const spread = twoDigits(spreadOf(samples, perMs) * 1_000);
      return { admittedPerMinute, speedPerSecond: twoDigits(perMs * 1_000), spread };
    },
  };
}
