import uPlot from 'uplot';
import { defaultTimeZone } from '../../i18n/format.ts';

type Value = number | null;

export interface ChartWish {
  title: string;
  lines: 1 | 2;
}

export interface Charts {
  /** @param atSeconds Unix time. @param values of each chart, of each of its lines. */
  add(atSeconds: number, values: readonly (readonly Value[])[]): void;
}

/** An hour of minutes and ten minutes of seconds. */
const pointsMax = 660;
const heightPx = 150;

/** As a clock in the zone of the event, like every time on these pages; a tick is a second or more. */
const clock = new Intl.DateTimeFormat('en-GB', { timeZone: defaultTimeZone, timeStyle: 'medium' });
const clockTimes = (_plot: uPlot, seconds: number[]): string[] =>
  seconds.map((one) => clock.format(one * 1_000));
const tickSeconds = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600];

/** Room for half of the last time. */
const padding: uPlot.Padding = [null, 28, null, null];

/** One moment alone is no line yet. */
const points: uPlot.Series.Points = { show: (plot) => (plot.data[0] as Value[]).length < 2 };

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function optionsOf({ title, lines }: ChartWish, width: number): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: colour('--ink-soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    title,
    width,
    height: heightPx,
    padding,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, (max || 0) * 1.15)] } },
    axes: [
      { ...axis, values: clockTimes, incrs: tickSeconds, space: 72 },
      { ...axis, size: 56 },
    ],
    series: [
      {},
      { stroke: colour('--go'), width: 2, fill: colour('--go-soft'), points },
      { stroke: colour('--look'), width: 2, dash: [6, 4], points },
    ].slice(0, lines + 1),
  };
}

/** What a room did: what was recorded of it, then one point a second. */
export function createCharts(place: HTMLElement, wishes: readonly ChartWish[]): Charts {
  place.textContent = '';
  const times: number[] = [];
  const charts = wishes.map((wish) => {
    const box = document.createElement('div');
    place.append(box);
    const lines: Value[][] = Array.from({ length: wish.lines }, () => []);
    const plot = new uPlot(optionsOf(wish, box.clientWidth), [[], ...lines], box);
    new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: heightPx })).observe(
      box,
    );
    return { plot, lines };
  });
  return {
    add(atSeconds, values) {
      times.push(atSeconds);
      if (times.length > pointsMax) times.shift();
      for (const [at, { plot, lines }] of charts.entries()) {
        for (const [of, line] of lines.entries()) {
          line.push(values[at]?.[of] ?? null);
          if (line.length > pointsMax) line.shift();
        }
        plot.setData([times, ...lines]);
      }
    },
  };
}
