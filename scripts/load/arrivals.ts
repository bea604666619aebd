import { type LoadPlan, rampFromPerSecond } from './plan.ts';

/** Which fans of a run a thread or a virtual user of k6 starts: every `workers`th from `first` on. */
export interface Share {
  first: number;
  workers: number;
}

export interface Arrival {
  index: number;
  /** From the beginning of the run. */
  atMs: number;
}

/** The `n`th arrival of a rate that grows evenly: n = from × t + (to − from) × t² / (2 × seconds). */
function rampMs(n: number, toPerSecond: number, seconds: number): number {
  const growth = (toPerSecond - rampFromPerSecond) / seconds;
  if (growth === 0) return (n * 1_000) / rampFromPerSecond;
  const root = Math.sqrt(rampFromPerSecond ** 2 + 2 * growth * n);
  return ((root - rampFromPerSecond) / growth) * 1_000;
}

/** When each fan arrives, known before the first does: an open load, whatever the system does. */
export function* arrivalsOf(plan: LoadPlan, { first, workers }: Share): Generator<Arrival> {
  const { scenario, joinsPerSecond, joinSeconds } = plan;
  const isRamp = scenario === 'breakpoint';
  for (let index = first; ; index += workers) {
    const atMs = isRamp
      ? rampMs(index, joinsPerSecond, joinSeconds)
      : (index * 1_000) / joinsPerSecond;
    const isOver = isRamp || scenario === 'soak' ? atMs >= joinSeconds * 1_000 : index >= plan.fans;
    if (isOver) return;
    yield { index, atMs };
  }
}
