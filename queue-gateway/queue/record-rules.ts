import type { AdmissionLimit } from '../../shared/contracts/queue.ts';
import {
  type KeptMinutes,
  recordNames,
  type RecordMinute,
  type RecordStep,
  type SaleRecord,
  type Waits,
} from '../../shared/contracts/record.ts';

/** A sale minute by minute, as Redis counts it and the core keeps it, made readable. */

const minuteMs = 60_000;

export const byTime = (a: { at: string }, b: { at: string }): number =>
  Date.parse(a.at) - Date.parse(b.at);

/** A line of `parts/record.lua`. */
export function toMinute(line: string): RecordMinute {
  const [ms, limit, waiting, inside, ...rest] = line.split(' ');
  const counts = recordNames.map((name, at) => [name, Number(rest[at])]);
  const waits = rest.slice(recordNames.length).map((pair): [number, number] => {
    const [bucket = '0', people = '0'] = pair.split(':');
    return [Number(bucket), Number(people)];
  });
  return {
    at: new Date(Number(ms)).toISOString(),
    limit: limit as AdmissionLimit,
    waiting: Number(waiting),
    inside: Number(inside),
    ...(Object.fromEntries(counts) as Record<(typeof recordNames)[number], number>),
    waits: waits.sort(([a], [b]) => a - b),
  };
}

/** Bounds of a bucket in seconds; all that is shorter than a second is in the first. */
const upper = (bucket: number): number => 2 ** (bucket / 4);
const lower = (bucket: number): number => (bucket === 0 ? 0 : upper(bucket - 1));

type Histogram = ReadonlyMap<number, number>;

function histogramOf(minutes: readonly Pick<RecordMinute, 'waits'>[]): Histogram {
  const people = new Map<number, number>();
  for (const { waits } of minutes)
    for (const [bucket, count] of waits) people.set(bucket, (people.get(bucket) ?? 0) + count);
  return people;
}

/** Inside a bucket people are taken to be spread evenly. */
function waitAt(people: Histogram, total: number, share: number): number | null {
  let before = 0;
  for (const bucket of [...people.keys()].sort((a, b) => a - b)) {
    const count = people.get(bucket) ?? 0;
    if (before + count >= total * share) {
      const part = (total * share - before) / count;
      return Math.round(lower(bucket) + (upper(bucket) - lower(bucket)) * part);
    }
    before += count;
  }
  return null;
}

/** How long those who were let in in these minutes had waited: right to a fifth. */
export function waitsOf(minutes: readonly Pick<RecordMinute, 'waits'>[]): Waits {
  const people = histogramOf(minutes);
  const counted = [...people.values()].reduce((sum, count) => sum + count, 0);
  const at = (share: number) => waitAt(people, counted, share);
  return { counted, p50Seconds: at(0.5), p90Seconds: at(0.9) };
}

type Sums = SaleRecord['sum'];

function sumOf(minutes: readonly RecordMinute[], sold: number): Sums {
  const sum = { sold } as Sums;
  for (const name of recordNames)
    sum[name] = minutes.reduce((total, minute) => total + minute[name], 0);
  return sum;
}

/** What bound most of these minutes; one without anybody waiting binds nothing. */
function limitOf(minutes: readonly RecordMinute[]): AdmissionLimit {
  const times = new Map<AdmissionLimit, number>();
  for (const { limit } of minutes) times.set(limit, (times.get(limit) ?? 0) + 1);
  const [most] = [...times].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return most?.[0] ?? 'none';
}

const stepsMax = 240;

/** Minutes by their step; one that is in two places is taken from the one that knows it as kept. */
function group<T extends { at: string }>(items: readonly T[], startMs: number, stepMs: number) {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const step = Math.floor((Date.parse(item.at) - startMs) / stepMs);
    const group = groups.get(step);
    if (group) group.push(item);
    else groups.set(step, [item]);
  }
  return groups;
}

const seatsIn = (sold: KeptMinutes['sold']): number =>
  sold.reduce((sum, { seats }) => sum + seats, 0);

/**
 * Minutes as steps without gaps: a quiet minute has no line, and the line and those inside stay as
 * they were. Sums are over all of it.
 */
export function toRecord(
  { items, sold }: KeptMinutes,
  head: Pick<SaleRecord, 'concertId' | 'isPublic'>,
): SaleRecord {
  const times = [...items, ...sold].map(({ at }) => Date.parse(at));
  const sum = sumOf(items, seatsIn(sold));
  const waits = waitsOf(items);
  if (times.length === 0)
    return { ...head, from: null, until: null, stepSeconds: 60, sum, waits, steps: [] };
  const startMs = times.reduce((a, b) => Math.min(a, b));
  const endMs = times.reduce((a, b) => Math.max(a, b)) + minuteMs;
  const stepMs = minuteMs * Math.ceil((endMs - startMs) / minuteMs / stepsMax);
  const [minutesBy, soldBy] = [group(items, startMs, stepMs), group(sold, startMs, stepMs)];
  const steps: RecordStep[] = [];
  let [waiting, inside] = [0, 0];
  for (let at = 0; startMs + at * stepMs < endMs; at += 1) {
    const minutes = minutesBy.get(at) ?? [];
    ({ waiting, inside } = minutes.at(-1) ?? { waiting, inside });
    steps.push({
      at: new Date(startMs + at * stepMs).toISOString(),
      limit: limitOf(minutes),
      waiting,
      inside,
      ...sumOf(minutes, seatsIn(soldBy.get(at) ?? [])),
      waits: waitsOf(minutes),
    });
  }
  const until = new Date(startMs + steps.length * stepMs).toISOString();
  const from = new Date(startMs).toISOString();
  return { ...head, from, until, stepSeconds: stepMs / 1_000, sum, waits, steps };
}

/**
 * What those of the last minutes met: their waits, and by Little's law the time of a turn inside,
 * (people inside × time) ÷ turns; null while nobody came.
 */
export function recentOf(
  minutes: readonly RecordMinute[],
  nowMs: number,
  windowMs: number,
): { waits: Waits; visitSeconds: number | null } {
  const recent = minutes.filter(({ at }) => Date.parse(at) > nowMs - windowMs);
  const turns = recent.reduce((sum, { admitted }) => sum + admitted, 0);
  const insideSeconds = recent.reduce((sum, { inside }) => sum + inside, 0) * 60;
  return {
    waits: waitsOf(recent),
    visitSeconds: turns === 0 ? null : Math.round(insideSeconds / turns),
  };
}
