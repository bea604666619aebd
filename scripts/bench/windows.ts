import { lowerQuartile, median, spreadPercent } from './figures.ts';
import { wireLoad, type WireLoad, type WireResult } from './wire-load.ts';

export interface Contestant {
  name: string;
  port: number;
  cpuMicros(): Promise<number>;
}

/** What one contestant reached over all its windows. */
export interface Standing {
  name: string;
  /** Median over the windows, and half the distance of the quartiles in percent of it. */
  perSecond: number;
  spread: number;
  cpuMicrosEach: number;
  p50Ms: number;
  p99Ms: number;
  /** Every window, in order, so that windows of one round can be compared. */
  rates: number[];
}

type Load = Pick<WireLoad, 'next' | 'durationMs'>;

export interface WindowsOptions {
  rounds: number;
  connections: number;
  /** The requests of one window of this contestant. */
  load: (contestant: Contestant, round: number) => Load | Promise<Load>;
}

type Window = WireResult & { cpu: number };

export async function oneWindow(target: Contestant, load: Omit<WireLoad, 'port'>): Promise<Window> {
  const before = await target.cpuMicros();
  const result = await wireLoad({ ...load, port: target.port });
  const used = (await target.cpuMicros()) - before;
  const { errors, firstError } = result;
  if (errors > 0) throw new Error(`${target.name}: ${errors} were not 2xx, first ${firstError}`);
  return { ...result, cpu: used / result.answers };
}

function standing(name: string, windows: readonly Window[]): Standing {
  const rates = windows.map(({ perSecond }) => perSecond);
  return {
    name,
    perSecond: median(rates),
    spread: spreadPercent(rates),
    cpuMicrosEach: lowerQuartile(windows.map(({ cpu }) => cpu)),
    p50Ms: median(windows.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(windows.map(({ p99Ms }) => p99Ms)),
    rates,
  };
}

/** Windows of each in turn, so that what else the machine does meets all of them alike. */
export async function interleave(
  contestants: readonly Contestant[],
  { rounds, connections, load }: WindowsOptions,
): Promise<Standing[]> {
  const windows = contestants.map((): Window[] => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [at, one] of contestants.entries())
      windows[at]?.push(await oneWindow(one, { connections, ...(await load(one, round)) }));
  return contestants.map(({ name }, at) => standing(name, windows[at] ?? []));
}

/** Median over the rounds of one rate in percent of the other of the same round. */
export const sharePercent = (ours: Standing, yardstick: Standing): number =>
  Math.round(median(ours.rates.map((rate, at) => (100 * rate) / (yardstick.rates[at] ?? 1))));

export const standingHead = [
  'server',
  'requests/s',
  'spread %',
  'CPU µs each',
  'p50 ms',
  'p99 ms',
] as const;

export const standingRow = (one: Standing): (string | number)[] => [
  one.name,
  one.perSecond,
  one.spread,
  Math.round(one.cpuMicrosEach),
  Number(one.p50Ms.toFixed(1)),
  Number(one.p99Ms.toFixed(1)),
];
