import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../../../shared/seeded-random.ts';
import { checkRun, type Found } from '../check-run.ts';
import { gatherCrowd } from '../crowd.ts';
import { plainFaults as faults } from '../faults.ts';
import { usualHabits } from '../habits.ts';
import { openHall } from '../hall.ts';
import { createRecorder } from '../recorder.ts';
import type { Rig } from '../rig.ts';
import type { Lair } from './lair.ts';
import type { Load, Mutant } from './mutant.ts';

export interface HuntOptions {
  lair: Lair;
  /** Fans are at it for so long, unless it is seen before. */
  seconds: number;
  seed: number;
}

export interface Hunt {
  /** What was found, by whom. */
  found: Found[];
  /** From the first call of a fan to the finding. */
  seconds: number;
  operations: number;
}

const lookEveryMs = 500;
const faultAfterMs = 2_000;
const faultForMs = 4_000;

/** The fault comes and goes until the signal. */
async function trouble(rig: Rig, { fault }: Load, signal: AbortSignal): Promise<void> {
  const chosen = faults.find(({ name }) => name === fault);
  if (fault !== undefined && !chosen) throw new Error(`there is no fault ${fault}`);
  const pause = (ms: number): Promise<unknown> =>
    delay(ms, undefined, { signal }).catch(() => undefined);
  while (chosen && !signal.aborted) {
    await pause(faultAfterMs);
    const heal = await chosen.inject(rig);
    await pause(faultForMs);
    await heal();
  }
}

const isSeen = (found: readonly Found[], seenBy: Mutant['seenBy']): boolean =>
  found.some(({ checker }) => seenBy.some((name) => checker.split(':')[0] === name));

/** Load on the mutant, and every checker again and again, until one of its own has seen it. */
export async function hunt(
  { edits, sql, load, seenBy }: Omit<Mutant, 'name'>,
  { lair, seconds, seed }: HuntOptions,
): Promise<Hunt> {
  const { rig } = lair;
  await lair.house({ edits, ...(sql ? { sql } : {}), load });
  const recorder = createRecorder();
  const { fans, answerWithinMs } = load;
  const opened = await openHall(rig, fans, load.hall);
  const habits = { ...usualHabits, ...load.habits };
  const random = seededRandom(seed);
  const startedMs = recorder.nowMs();
  const crowd = gatherCrowd({ rig, opened, recorder, fans, habits, random });
  const over = new AbortController();
  const troubled = trouble(rig, load, over.signal);
  const { databaseUrl } = rig;
  const run = { ...opened, recorder, databaseUrl, answerWithinMs };
  let found: Found[] = [];
  const end = (): Hunt => ({
    found,
    seconds: (recorder.nowMs() - startedMs) / 1_000,
    operations: recorder.ops.length,
  });
  while (recorder.nowMs() < startedMs + seconds * 1_000) {
    await delay(lookEveryMs);
    found = await checkRun(run);
    if (!isSeen(found, seenBy)) continue;
    const caught = end();
    over.abort();
    await crowd.stop();
    await troubled;
    return caught;
  }
  over.abort();
  await troubled;
  const healedMs = recorder.nowMs();
  await delay(1_000);
  await crowd.disperse();
  found = await checkRun({ ...run, healedMs });
  return end();
}
