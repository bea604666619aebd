import uPlot from 'uplot';
import type { Room } from '../../../../shared/contracts/queue.ts';

export interface ChartWish {
  title: string;
  read: (room: Room) => number | null;
}

export interface Charts {
  /** @param atSeconds Unix time. */
  add(atSeconds: number, room: Room): void;
}

/** Ten minutes of seconds. */
const pointsMax = 600;
const heightPx = 150;

/** As a clock on the wall; a tick is a second or more. */
const clockTimes = (_plot: uPlot, seconds: number[]): string[] =>
  seconds.map((one) => new Date(one * 1_000).toTimeString().slice(0, 8));
const tickSeconds = [1, 5, 10, 15, 30, 60, 120, 300];

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function optionsOf(title: string, width: number): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: colour('--ink-soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    title,
    width,
    height: heightPx,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, (max || 0) * 1.15)] } },
    axes: [
      { ...axis, values: clockTimes, incrs: tickSeconds, space: 72 },
      { ...axis, size: 56 },
    ],
    series: [
      {},
      { stroke: colour('--go'), width: 2, fill: colour('--go-soft'), points: { show: false } },
    ],
  };
}

/** What a room did since the page was opened, one point a second. */
export function createCharts(place: HTMLElement, wishes: readonly ChartWish[]): Charts {
  place.textContent = '';
  const times: number[] = [];
  const charts = wishes.map(({ title, read }) => {
    const box = document.createElement('div');
    place.append(box);
    const plot = new uPlot(optionsOf(title, box.clientWidth), [[], []], box);
    new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: heightPx })).observe(
      box,
    );
    return { plot, read, values: [] as (number | null)[] };
  });
  return {
    add(atSeconds, room) {
      times.push(atSeconds);
      if (times.length > pointsMax) times.shift();
      for (const { plot, read, values } of charts) {
        values.push(read(room));
        if (values.length > pointsMax) values.shift();
        plot.setData([times, values]);
      }
    },
  };
}
