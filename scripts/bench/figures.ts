import { quantile } from '../../shared/quantile.ts';

/** What is made of measured values, and how it is shown. */

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

export const median = (values: readonly number[]): number => quantile(ascending(values), 0.5);

/** The better quartile of what should be low: what is worse is what else the machine did. */
export const lowerQuartile = (values: readonly number[]): number =>
  quantile(ascending(values), 0.25);
export const upperQuartile = (values: readonly number[]): number =>
  quantile(ascending(values), 0.75);

/** Half of the distance between the quartiles, in percent of the median. */
export function spreadPercent(values: readonly number[]): number {
  const half = (upperQuartile(values) - lowerQuartile(values)) / 2;
  return Math.round((100 * half) / (median(values) || 1));
}

export type Cell = string | number;

/** Rows as Markdown; numbers stand to the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]): string => `| ${cells.join(' | ')} |`;
  const rules = head.map((_, at) => (typeof rows[0]?.[at] === 'number' ? '---:' : '---'));
  return [line(head), line(rules), ...rows.map(line)].join('\n');
}

export const round = (value: number, digits = 0): number => Number(value.toFixed(digits));

/** An aim, what was measured, and whether that reaches it. */
export interface Aim {
  what: string;
  measured: number;
  unit: string;
  atLeast?: number;
  atMost?: number;
}

export function aimLine({ what, measured, unit, atLeast, atMost }: Aim): string {
  const reached =
    (atLeast === undefined || measured >= atLeast) && (atMost === undefined || measured <= atMost);
  const bound = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return `- ${what}: ${measured} ${unit} (${bound}): ${reached ? 'reached' : '**not reached**'}`;
}
