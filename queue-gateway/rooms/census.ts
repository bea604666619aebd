/** Who lived behind the front at one moment, counted in blocks: prefix sums over a bitmap. */
export interface Census {
  /** Living people behind the front of that moment with a number below this one. */
  livingBefore(number: number): number;
}

/** Before anybody was counted everybody is taken to live. */
export const everybody: Census = { livingBefore: (number) => number - 1 };

/** @param text what `tick.lua` counted. */
export function readCensus(text: string): Census {
  const [front = 0, tail = 0, firstByte = 0, bytes = 1, head = 0, ...counts] = text
    .split(' ')
    .map(Number);
  const first = firstByte * 8;
  const width = bytes * 8;
  const sums = [head];
  for (const count of counts) sums.push((sums.at(-1) ?? 0) + count);
  const total = sums.at(-1) ?? head;
  // Inside a block people are taken to be spread evenly.
  const share = (count: number, part: number, whole: number): number =>
    whole <= 0 ? 0 : Math.round((count * Math.min(part, whole)) / whole);
  return {
    livingBefore(number) {
      if (number <= front) return 0;
      if (number > tail) return total + number - tail - 1;
      if (number <= first) return share(head, number - front - 1, first - front - 1);
      const block = Math.floor((number - first) / width);
      const start = first + block * width;
      return (sums[block] ?? total) + share(counts[block] ?? 0, number - start, width);
    },
  };
}
