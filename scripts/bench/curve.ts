import { aimLine, lowerQuartile, round, table } from './figures.ts';

/** What something costs at several sizes, from the smallest. */
export interface Curve {
  what: string;
  sizes: readonly number[];
  /** Have to be flat; one figure for each size. */
  costs: Readonly<Record<string, readonly number[]>>;
  /** Shown beside them; may grow. */
  besides?: Readonly<Record<string, readonly number[]>>;
}

/** What a call costs may grow by so much from the smallest size to the largest. */
const growthMaxPercent = 15;

/** Of what is worse, the machine did something else meanwhile. */
export const lowest = (values: readonly number[] = []): number => round(lowerQuartile(values), 1);

export function curveTable({ what, sizes, costs, besides = {} }: Curve): string {
  const columns = { ...costs, ...besides };
  return table(
    [what, ...Object.keys(columns)],
    sizes.map((size, at) => [
      size,
      ...Object.values(columns).map((values) => round(values[at] ?? NaN, 1)),
    ]),
  );
}

export const curveAims = ({ what, sizes, costs }: Curve): string =>
  Object.entries(costs)
    .map(([name, values]) =>
      aimLine({
        what: `${name} at ${sizes.at(-1)?.toLocaleString('en')} ${what} of that at ${sizes[0]?.toLocaleString('en')}`,
        measured: round((100 * (values.at(-1) ?? NaN)) / (values[0] ?? NaN)),
        unit: '%',
        atMost: 100 + growthMaxPercent,
      }),
    )
    .join('\n');
