/** Figures of two commits side by side: which of them differ by more than their noise. */
import { seededRandom } from '../../shared/seeded-random.ts';
import { quantile } from '../../shared/quantile.ts';
import { median, round, spreadPercent, table } from './figures.ts';

/** Say something about the run, nothing about the code. */
const notFigures = /^(?:spread|round$)/;

const cellsIn = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

const numberIn = (cell: string): number => Number(cell.replace(/ %$/, '') || NaN);

/** The second `core` of a head is another column than the first. */
function uniqueNames(head: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return head.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

function* rowsOf(tableLines: readonly string[]): Generator<[figure: string, value: number]> {
  const [first = '', , ...lines] = tableLines;
  const head = uniqueNames(cellsIn(first));
  for (const line of lines) {
    const cells = cellsIn(line);
    const words = cells.filter((cell) => Number.isNaN(numberIn(cell)));
    // Rows of numbers alone are told apart by the first, unless that one only counts them.
    const label = head[0] === 'round' ? '' : (words[0] ?? `${head[0]} ${cells[0]}`);
    const from = words[0] === undefined ? 1 : 0;
    for (const [at, cell] of cells.entries()) {
      const name = head[at] ?? '';
      const value = numberIn(cell);
      if (at < from || Number.isNaN(value) || notFigures.test(name)) continue;
      yield [label === '' ? name : `${label}: ${name}`, value];
    }
  }
}

/** An aim and what was measured: `- what: 12 ms (at most 15): reached`. */
const aimPattern = /^- (.+): (-?[\d.]+) .*\((?:at least|at most) /;

/** Every figure in the tables and aims a bench printed; one that stands in several rows by their median. */
export function figuresOf(text: string): Map<string, number> {
  const found = new Map<string, number[]>();
  for (const [, what = '', value] of text.split('\n').map((line) => aimPattern.exec(line) ?? []))
    if (what !== '') found.set(what, [Number(value)]);
  const tables = text.split('\n').reduce<string[][]>(
    (all, line) => {
      if (!line.startsWith('|')) all.push([]);
      else all.at(-1)?.push(line);
      return all;
    },
    [[]],
  );
  for (const lines of tables)
    for (const [figure, value] of rowsOf(lines))
      found.set(figure, [...(found.get(figure) ?? []), value]);
  return new Map([...found].map(([figure, values]) => [figure, median(values)]));
}

export interface Change {
  figure: string;
  before: number[];
  after: number[];
  /** Median of after / before over the rounds, and the interval it lies in with 99 %. */
  ratio: number;
  low: number;
  high: number;
  isBeyondNoise: boolean;
}

const resamples = 2_000;

/**
 * Rounds are pairs, so that what else the machine did meets both sides of one. The interval is
 * bootstrapped from the pairs (percentile method, Efron 1979).
 */
export function changeOf(figure: string, before: number[], after: number[]): Change {
  const ratios = before.map((value, at) => (after[at] ?? NaN) / value);
  const random = seededRandom(1);
  const medians = Array.from({ length: resamples }, () =>
    median(ratios.map(() => ratios[Math.floor(random() * ratios.length)] ?? 1)),
  ).sort((a, b) => a - b);
  const [low, high] = [quantile(medians, 0.005), quantile(medians, 0.995)];
  const isBeyondNoise = low > 1 || high < 1;
  return { figure, before, after, ratio: median(ratios), low, high, isBeyondNoise };
}

/** @param before,after what the bench printed, round by round. */
export function changesOf(before: readonly string[], after: readonly string[]): Change[] {
  const [olds, news] = [before.map(figuresOf), after.map(figuresOf)];
  const everywhere = (figure: string): boolean =>
    [...olds, ...news].every((figures) => figures.has(figure));
  const of = (figures: readonly Map<string, number>[], figure: string): number[] =>
    figures.map((one) => one.get(figure) ?? NaN);
  return [...(olds[0]?.keys() ?? [])]
    .filter(everywhere)
    .map((figure) => ({ figure, old: of(olds, figure), now: of(news, figure) }))
    .filter(({ old }) => old.every((value) => value !== 0))
    .map(({ figure, old, now }) => changeOf(figure, old, now));
}

const percent = (ratio: number): string => {
  const value = round(100 * ratio - 100, 1);
  return value > 0 ? `+${value} %` : `${value} %`;
};

export function describeChanges(changes: readonly Change[]): string {
  const beyond = changes.filter(({ isBeyondNoise }) => isBeyondNoise);
  const rows = beyond.map(({ figure, before, after, ratio, low, high }) => [
    figure,
    round(median(before), 1),
    spreadPercent(before),
    round(median(after), 1),
    spreadPercent(after),
    percent(ratio),
    `${percent(low)} … ${percent(high)}`,
  ]);
  const head = ['figure', 'before', 'spread %', 'after', 'spread %', 'change', '99 % interval'];
  return [
    ...(rows.length > 0 ? [table(head, rows), ''] : []),
    `${beyond.length} of ${changes.length} figures changed beyond noise.`,
  ].join('\n');
}
