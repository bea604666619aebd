import { Problem } from '../../shared/problems.ts';

/**
 * Of holds, and of payments. Two lanes: one transaction is written while another one's commit
 * goes to the disk; more would make the batches smaller and the statements more.
 */
export const batchLimits = { lanes: 2, callsMax: 32, queueMax: 5_000, waitMs: 5_000 } as const;

/** What came of one call of a batch. */
export type Outcome<Result> = { value: Result } | { problem: Problem };

/** Something is not the usual course: the batch is rolled back, and each call told by itself. */
export class BatchUndone extends Error {
  override readonly name = 'BatchUndone';
}

export interface BatchesOptions<Call, Result> {
  /** Batches that run at the same time. */
  lanes: number;
  /** Calls of a batch. */
  callsMax: number;
  /** Calls that wait for a lane; the next one is refused. */
  queueMax: number;
  waitMs: number;
  /** Calls that have one of these in common never share a batch. */
  keysOf: (call: Call) => readonly string[];
  /**
   * All calls in one transaction: an outcome for each, in order, or nothing has happened.
   * @throws whatever it meets that is not the usual course; each call is run alone then.
   */
  together: (calls: readonly Call[]) => Promise<Outcome<Result>[]>;
  alone: (call: Call) => Promise<Result>;
}

interface Waiting<Call, Result> {
  call: Call;
  keys: readonly string[];
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
  timer: NodeJS.Timeout;
}

/**
 * Group commit. Calls that arrive while others are worked on wait for a lane and then share one
 * transaction: the busier the process, the fewer statements and commits each call costs. A call
 * that finds a lane free waits for nothing but the requests that were read together with it.
 * @throws what the call's own work throws, Problem `unavailable` when no lane came free in time.
 */
export function createBatches<Call extends { signal: AbortSignal }, Result>(
  options: BatchesOptions<Call, Result>,
): (call: Call) => Promise<Result> {
  const { lanes, queueMax, waitMs, keysOf } = options;
  const waiting = new Set<Waiting<Call, Result>>();
  let running = 0;
  let isScheduled = false;

  const tooLong = () =>
    new Problem('unavailable', { cause: new Error('no lane came free'), retryAfterSeconds: 1 });

  function startLanes(): void {
    isScheduled = false;
    while (running < lanes && waiting.size > 0) {
      const batch = takeBatch(waiting, options.callsMax);
      if (batch.length === 0) return;
      running += 1;
      void runBatch(options, batch).finally(() => {
        running -= 1;
        startLanes();
      });
    }
  }

  return (call) =>
    new Promise((resolve, reject) => {
      if (waiting.size >= queueMax) return reject(tooLong());
      const giveUp = () => {
        waiting.delete(one);
        reject(tooLong());
      };
      const timer = setTimeout(giveUp, waitMs);
      const one = { call, keys: keysOf(call), resolve, reject, timer };
      waiting.add(one);
      // After every request that is being read right now.
      if (!isScheduled && running < lanes) setImmediate(startLanes);
      isScheduled ||= running < lanes;
    });
}

/** The first ones that have no key in common, taken out of the line. */
function takeBatch<Call extends { signal: AbortSignal }, Result>(
  waiting: Set<Waiting<Call, Result>>,
  callsMax: number,
): Waiting<Call, Result>[] {
  const batch: Waiting<Call, Result>[] = [];
  const keys = new Set<string>();
  for (const one of waiting) {
    if (batch.length === callsMax) break;
    const { aborted, reason } = one.call.signal;
    if (!aborted && one.keys.some((key) => keys.has(key))) continue;
    waiting.delete(one);
    clearTimeout(one.timer);
    if (aborted) {
      one.reject(new Problem('unavailable', { cause: reason }));
      continue;
    }
    for (const key of one.keys) keys.add(key);
    batch.push(one);
  }
  return batch;
}

/** Settles every call of the batch; never rejects. */
async function runBatch<Call, Result>(
  { together, alone }: Pick<BatchesOptions<Call, Result>, 'together' | 'alone'>,
  batch: readonly Waiting<Call, Result>[],
): Promise<void> {
  const eachAlone = () =>
    Promise.all(batch.map(({ call, resolve, reject }) => alone(call).then(resolve, reject)));
  if (batch.length === 1) return void (await eachAlone());
  try {
    const outcomes = await together(batch.map(({ call }) => call));
    batch.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index];
      if (outcome && 'value' in outcome) resolve(outcome.value);
      else reject(outcome?.problem ?? new Error('a call of a batch has no outcome'));
    });
  } catch (error) {
    // A store that is away is away for each of them too.
    if (!isAway(error)) return void (await eachAlone());
    for (const { reject } of batch) reject(error);
  }
}

const isAway = (error: unknown): boolean => error instanceof Problem && error.status === 503;
