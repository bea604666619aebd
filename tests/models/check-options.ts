import type { Parameters } from 'fast-check';

/**
 * How a property is tried: found failures first, then by chance. `MODEL_SEED` repeats a run whose
 * seed was printed, `MODEL_RUNS` makes it longer. What failed is made shorter for two minutes at most,
 * so that it is told before mocha loses patience.
 */
export function checkOptions<T>({
  numRuns,
  cases,
}: {
  numRuns: number;
  cases: readonly T[];
}): Parameters<[T]> {
  const { MODEL_SEED: seed, MODEL_RUNS: runs } = process.env;
  return {
    numRuns: runs === undefined ? numRuns : Number(runs),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    examples: cases.map((one) => [one]),
    interruptAfterTimeLimit: 120_000,
  };
}
