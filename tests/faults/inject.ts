import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import { type Op, saleKinds } from './history.ts';
import { backWithinMs } from './checkers/limit-checkers.ts';
import type { Recorder } from './recorder.ts';
import type { Rig } from './rig.ts';

/** What was done to the system and when, in ms of the history's clock. */
export interface InjectedFault {
  name: string;
  kills: number;
  forgets: boolean;
  isFailover: boolean;
  fromMs: number;
  healedMs: number;
  /** From the injection to the first sale call sent after it that worked. */
  firstAfterMs: number | undefined;
  /** The same from the healing on; undefined when none did in time. */
  backAfterMs: number | undefined;
  /** From the injection to the first call sent after it that only a Redis at work can answer. */
  lineAfterMs?: number | undefined;
}

export interface InjectOptions {
  rig: Rig;
  /** Faults are injected for so long. */
  seconds: number;
  /** From 0 to below 1, the same for the same seed. */
  random: () => number;
  /** Taken one after the other, in an order by `random`, for as long as there is time. */
  faults: readonly Fault[];
  log: (line: string) => void;
}

/** When the first call came back that was sent after `sinceMs` and sold or moved points. */
function firstSale({ ops }: Recorder, fromIndex: number, sinceMs: number): number | undefined {
  for (let at = fromIndex; at < ops.length; at += 1) {
    const op = ops[at];
    const works = op && saleKinds.has(op.op) && op.result === 'ok' && op.invokedMs >= sinceMs;
    if (works) return Math.round(op.returnedMs - sinceMs);
  }
  return undefined;
}

const lineKinds = new Set<Op['op']>(['join', 'activate', 'leave', 'hold', 'pay']);

/** How long each fault kept the line from its work, as the whole history tells. */
export function withLineTimes(injected: readonly InjectedFault[], recorder: Recorder) {
  const worked = recorder.ops.filter(({ op, result }) => lineKinds.has(op) && result === 'ok');
  return injected.map((fault): InjectedFault => {
    const after = worked.filter(({ invokedMs }) => invokedMs >= fault.fromMs);
    const firstMs = after.reduce((min, { returnedMs }) => Math.min(min, returnedMs), Infinity);
    return { ...fault, lineAfterMs: Math.round(firstMs - fault.fromMs) };
  });
}

async function untilSale(recorder: Recorder, at: number): Promise<number | undefined> {
  const sinceMs = recorder.nowMs();
  while (recorder.nowMs() < sinceMs + backWithinMs) {
    const found = firstSale(recorder, at, sinceMs);
    if (found !== undefined) return found;
    await delay(10);
  }
  return undefined;
}

/** Kills come twice as often as anything else. */
const bagOf = (faults: readonly Fault[]): Fault[] =>
  faults.flatMap((fault) => (fault.kills > 0 ? [fault, fault] : [fault]));

export async function injectAll(
  { rig, seconds, random, faults, log }: InjectOptions,
  recorder: Recorder,
): Promise<InjectedFault[]> {
  const endsAtMs = recorder.nowMs() + seconds * 1_000;
  const injected: InjectedFault[] = [];
  let bag: Fault[] = [];
  while (recorder.nowMs() < endsAtMs) {
    if (bag.length === 0) bag = bagOf(faults);
    const [fault] = bag.splice(Math.floor(random() * bag.length), 1);
    if (!fault) break;
    await delay(200 + random() * 800);
    const [fromMs, from] = [recorder.nowMs(), recorder.ops.length];
    const heal = await fault.inject(rig);
    await delay(200 + random() * 1_300);
    await heal();
    const healedMs = recorder.nowMs();
    const backAfterMs = await untilSale(recorder, recorder.ops.length);
    const firstAfterMs = firstSale(recorder, from, fromMs);
    const { name, kills, forgets = false, isFailover = false } = fault;
    injected.push({
      name,
      kills,
      forgets,
      isFailover,
      fromMs,
      healedMs,
      firstAfterMs,
      backAfterMs,
    });
    const { ok, fail, unknown } = recorder.counts();
    log(`${name}: back after ${backAfterMs} ms (${ok} ok, ${fail} fail, ${unknown} unknown)`);
  }
  return injected;
}
