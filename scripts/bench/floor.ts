/** What a call cannot do without, beside what it takes: CPU time, all from one run. */
import { lowerQuartile, round, table } from './figures.ts';
import type { LimitFound } from './limits.ts';

/** A step and how often a call needs it. */
export interface FloorStep {
  /** A row of the bench `limits`, or a yardstick measured beside it. */
  name: string;
  times: number;
  micros: number;
}

/** @throws Error when `limits` has no such row. */
export function limitStep(limits: readonly LimitFound[], name: string, times = 1): FloorStep {
  const found = limits.find((one) => one.name === name);
  if (!found) throw new Error(`limits has no row "${name}"`);
  return { name: `\`${name}\``, times, micros: lowerQuartile(found.micros) };
}

/** @param micros of CPU a call took, all threads together */
export function floorTable(steps: readonly FloorStep[], micros: number): string {
  const all = steps.reduce((sum, step) => sum + step.times * step.micros, 0);
  const rows = steps.map(({ name, times, micros: each }) => [name, times, round(times * each, 1)]);
  return [
    table(['nobody can leave out', 'times', 'µs'], [...rows, ['together', '', round(all, 1)]]),
    '',
    `${round(micros)} µs of CPU a call in all threads, the profiler's own included: ` +
      `${round(micros / all, 1)} times the least.`,
  ].join('\n');
}
