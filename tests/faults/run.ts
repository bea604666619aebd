import { setTimeout as delay } from 'node:timers/promises';
import { checkRun, type Found } from './check-run.ts';
import { gatherCrowd } from './crowd.ts';
import { usualHabits } from './habits.ts';
import { openHall, usualHall } from './hall.ts';
import type { Op } from './history.ts';
import { injectAll, type InjectedFault, type InjectOptions, withLineTimes } from './inject.ts';
import { createRecorder, type Recorder } from './recorder.ts';

export interface FaultRunOptions extends InjectOptions {
  fans: number;
}

export interface FaultReport {
  operations: ReturnType<Recorder['counts']>;
  injected: InjectedFault[];
  kills: number;
  findings: Found[];
  /** Keys whose outcome was never learned, of so many. */
  unresolved: number;
  keys: number;
  history: readonly Op[];
}

/** Long enough for every kind of call to be seen at work again. */
const afterwardsMs = 5_000;

/** Load and faults, then quiet, then every checker and the audit: one round, on a hall of its own. */
export async function runFaults(options: FaultRunOptions): Promise<FaultReport> {
  const { rig, fans, random, log } = options;
  const recorder = createRecorder();
  const { databaseUrl } = rig;
  const opened = await openHall(rig, fans, usualHall(fans));
  const crowd = gatherCrowd({ rig, opened, recorder, fans, habits: usualHabits, random });
  const injected = await injectAll(options, recorder).catch(async (error: unknown) => {
    await crowd.stop();
    throw error;
  });
  const healedMs = recorder.nowMs();
  await delay(afterwardsMs);
  await crowd.disperse();
  const forgotMs = injected.filter(({ forgets }) => forgets).map(({ fromMs }) => fromMs);
  const failovers = injected.filter(({ isFailover }) => isFailover);
  const losses = { forgotMs, failovers };
  const checked = { ...opened, recorder, databaseUrl, ...losses, healings: injected, healedMs };
  const findings = await checkRun(checked);
  for (const { checker, findings: found } of findings) log(`${checker}: ${found.join('; ')}`);
  return {
    operations: recorder.counts(),
    injected: withLineTimes(injected, recorder),
    kills: injected.reduce((sum, fault) => sum + fault.kills, 0),
    findings,
    ...countKeys(recorder.ops),
    history: recorder.ops,
  };
}

function countKeys(ops: readonly Op[]): { keys: number; unresolved: number } {
  const known = new Map<string, boolean>();
  for (const { op, args, result } of ops) {
    if (!('key' in args)) continue;
    const name = `${op} ${args.key}`;
    known.set(name, known.get(name) === true || result !== 'unknown');
  }
  const unresolved = [...known.values()].filter((isKnown) => !isKnown).length;
  return { keys: known.size, unresolved };
}
