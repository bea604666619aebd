import { chart, curveOf, niceCeiling, xOf, yOf } from './chart-rules.ts';

export interface Series {
  name: string;
  values: readonly (number | null)[];
}

export interface RecordChartProps {
  id: string;
  title: string;
  /** Two at most: the first is filled. */
  series: readonly Series[];
  /** Under each point. */
  times: readonly string[];
  tell: (value: number) => string;
  /** What the axis counts in; marks are round in it. */
  unit?: number;
}

const tones = ['first', 'second'] as const;

function Axes({
  times,
  tell,
  ceiling,
}: Pick<RecordChartProps, 'times' | 'tell'> & { ceiling: number }) {
  const last = times.length - 1;
  const marks = [...new Set([0, Math.floor(last / 2), last])];
  return (
    <>
      {[0, ceiling / 2, ceiling].map((value) => (
        <>
          <line
            class="rule"
            x1={chart.left}
            x2={chart.width - chart.right}
            y1={yOf(value, ceiling)}
            y2={yOf(value, ceiling)}
          />
          <text class="tick" x={chart.left - 8} y={yOf(value, ceiling) + 4} text-anchor="end">
            {tell(value)}
          </text>
        </>
      ))}
      {marks.map((at) => (
        <text
          class="tick"
          x={xOf(at, times.length)}
          y={chart.height - 8}
          text-anchor={last === 0 ? 'middle' : at === 0 ? 'start' : at === last ? 'end' : 'middle'}
        >
          {times[at]}
        </text>
      ))}
    </>
  );
}

/** A chart that is there without a script; its numbers stand in the table below all of them. */
export function RecordChart({ id, title, series, times, tell, unit = 1 }: RecordChartProps) {
  const values = series.flatMap((one) => one.values).filter((value) => value !== null);
  const most = values.reduce((highest, value) => Math.max(highest, value), 0);
  const ceiling = niceCeiling(most / unit) * unit;
  return (
    <figure class="record-chart" id={id}>
      <figcaption>
        <strong>{title}</strong>
        {series.length < 2
          ? null
          : series.map(({ name }, at) => <span class={`key ${tones[at] ?? ''}`}>{name}</span>)}
      </figcaption>
      <svg viewBox={`0 0 ${chart.width} ${chart.height}`} role="img" aria-label={title}>
        <Axes times={times} tell={tell} ceiling={ceiling} />
        {series.map((one, at) => {
          const { line, area, dots } = curveOf(one.values, ceiling);
          return (
            <g class={tones[at]}>
              {at === 0 && area !== '' ? <path class="area" d={area} /> : null}
              {line === '' ? null : <path class="line" d={line} />}
              {dots.map(({ x, y }) => (
                <circle class="dot" cx={x} cy={y} r="3" />
              ))}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}
