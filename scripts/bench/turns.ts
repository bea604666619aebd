/** Each of them in turn, round by round, so that what else the machine does meets all alike. */
export function* turns<T>(
  all: readonly T[],
  rounds: number,
): Generator<{ round: number; which: number; one: T }> {
  for (let round = 0; round < rounds; round += 1)
    for (const [which, one] of all.entries()) yield { round, which, one };
}
