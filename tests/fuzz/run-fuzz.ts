import fc from 'fast-check';
import type { Stack } from '../harness/stack.ts';
import { faultOf } from './check-answer.ts';
import { createFuzzWorld } from './fuzz-world.ts';
import { readOperations } from './operations.ts';
import { toRequest } from './request.ts';
import { sequenceOf, type Step } from './step.ts';

export interface FuzzOptions {
  stack: Stack;
  /** At least so many, in sequences of `sequenceLength`. */
  requests: number;
  /** The same seed makes the same calls. */
  seed: number;
  onProgress?: (requests: number) => void;
}

export interface FuzzResult {
  requests: number;
  /** How often each call was answered by each status, by name. */
  statuses: Map<string, Map<number, number>>;
  /** Answers that the document does not have: each kind once, with the first call that got it. */
  faults: Map<string, string>;
}

const sequenceLength = 60;
const shownMax = 2_000;

/**
 * Sequences of calls by the document alone: right ones, and ones with one thing wrong, about things
 * that exist as often as not.
 */
export async function runFuzz({
  stack,
  requests,
  seed,
  onProgress,
}: FuzzOptions): Promise<FuzzResult> {
  const operations = readOperations();
  const world = await createFuzzWorld(stack);
  const result: FuzzResult = { requests: 0, statuses: new Map(), faults: new Map() };

  function count(name: string, status: number): void {
    const counts = result.statuses.get(name) ?? new Map<number, number>();
    counts.set(status, (counts.get(status) ?? 0) + 1);
    result.statuses.set(name, counts);
    result.requests += 1;
    if (result.requests % 1_000 === 0) onProgress?.(result.requests);
  }

  function note(fault: string, example: string): void {
    if (!result.faults.has(fault)) result.faults.set(fault, example);
  }

  async function take(step: Step): Promise<void> {
    const { operation, mutation } = step;
    const planned = toRequest(step, world.senderOf(step), world.pool);
    const answer = await world.send(planned);
    count(operation.name, answer.status);
    const fault = faultOf(operation, answer, planned.isInvalid);
    if (fault !== undefined) {
      const shown = JSON.stringify({ ...planned, mutation, answer: answer.text }, null, 1);
      note(`${operation.name} ${fault}`, shown.slice(0, shownMax));
    }
    world.learn(step, planned, answer);
  }

  /** A call of it may be answered 503, as any other may: the sequence goes on with what is known. */
  const refresh = (): Promise<void> =>
    world.refresh().catch((error: unknown) => {
      if (!/got 503 /.test(String(error))) throw error;
    });

  const numRuns = Math.ceil(requests / sequenceLength);
  for (const steps of fc.sample(sequenceOf(operations, sequenceLength), { seed, numRuns })) {
    await refresh();
    for (const step of steps) await take(step);
  }
  return result;
}
