/** What a sale came to. */
export interface SaleFigures {
  /** False when it was stopped before the end. */
  isWhole: boolean;
  /** Seconds from the opening until the last seat was sold; `null` when some were left. */
  soldOutSeconds: number | null;
  lastedSeconds: number;
  sold: number;
  /** Turns given, and those nobody took. */
  turns: number;
  turnsNotTaken: number;
  /** Seconds that slots stood empty because nobody took the turn. */
  slotSecondsNotUsed: number;
  mostInside: number;
  /** Waits in seconds of those who got inside, ascending. */
  waits: number[];
  waitingAtEnd: number;
  /** Kendall's tau of number against admission: 1 is strictly in order. */
  fairness: number;
}

/** Pairs in the wrong order, by merging. */
function inversions(values: number[]): { sorted: number[]; count: number } {
  if (values.length < 2) return { sorted: values, count: 0 };
  const middle = values.length >> 1;
  const left = inversions(values.slice(0, middle));
  const right = inversions(values.slice(middle));
  const sorted: number[] = [];
  let count = left.count + right.count;
  let at = 0;
  for (const value of right.sorted) {
    while (at < left.sorted.length && (left.sorted[at] ?? 0) <= value)
      sorted.push(left.sorted[at++] ?? 0);
    count += left.sorted.length - at;
    sorted.push(value);
  }
  return { sorted: [...sorted, ...left.sorted.slice(at)], count };
}

/** Kendall's tau of a sequence of distinct numbers against their order: 1 … -1. */
export function kendallTau(numbers: readonly number[]): number {
  const pairs = (numbers.length * (numbers.length - 1)) / 2;
  return pairs === 0 ? 1 : 1 - (2 * inversions([...numbers]).count) / pairs;
}
