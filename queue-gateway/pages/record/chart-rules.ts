/** Where the points of a chart are, in the units of its view box. */

export const chart = { width: 400, height: 180, left: 52, right: 12, top: 12, bottom: 28 } as const;

const innerWidth = chart.width - chart.left - chart.right;
const innerHeight = chart.height - chart.top - chart.bottom;
const floorY = chart.top + innerHeight;

/** The next of 1, 2, 5 times a power of ten. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const nice = [1, 2, 5, 10].find((step) => step * power >= value) ?? 10;
  return Math.max(1, nice * power);
}

export const xOf = (at: number, count: number): number =>
  chart.left + (count <= 1 ? innerWidth / 2 : (innerWidth * at) / (count - 1));

export const yOf = (value: number, ceiling: number): number =>
  floorY - (innerHeight * Math.min(value, ceiling)) / ceiling;

const short = (value: number): string => String(Math.round(value * 10) / 10);

/** Runs of known values; where nothing is known the line has a gap. */
function runsOf(values: readonly (number | null)[]): { at: number; value: number }[][] {
  const runs: { at: number; value: number }[][] = [];
  let run: { at: number; value: number }[] | undefined;
  for (const [at, value] of values.entries()) {
    if (value === null) {
      run = undefined;
      continue;
    }
    if (!run) runs.push((run = []));
    run.push({ at, value });
  }
  return runs;
}

export interface Curve {
  line: string;
  area: string;
  /** Known values that stand alone: no line shows them. */
  dots: { x: number; y: number }[];
}

/** SVG paths of the values, evenly spaced. */
export function curveOf(values: readonly (number | null)[], ceiling: number): Curve {
  const runs = runsOf(values).map((run) =>
    run.map(({ at, value }) => ({ x: xOf(at, values.length), y: yOf(value, ceiling) })),
  );
  const lines = runs
    .filter((run) => run.length > 1)
    .map((run) => run.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`));
  const areas = lines.map((line, at) => {
    const run = runs.filter((one) => one.length > 1)[at] ?? [];
    const [first, last] = [run[0]?.x ?? 0, run.at(-1)?.x ?? 0];
    return `${line.join('')}L${short(last)} ${floorY}L${short(first)} ${floorY}Z`;
  });
  return {
    line: lines.map((line) => line.join('')).join(''),
    area: areas.join(''),
    dots: runs.flatMap((run) => (run.length === 1 ? run : [])),
  };
}
