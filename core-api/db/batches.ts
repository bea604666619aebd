import { Problem } from '../../shared/problems.ts';

/**
 * Of holds, of payments, and of charges. Two lanes: one transaction is written while another one's commit
 * goes to the disk; more would make the batches smaller and the statements more.
 */
export const batchLimits = { lanes: 2, callsMax: 32, queueMax: 5_000, waitMs: 5_000 } as const;

/** Calls that are asked about in one read. */
const askedMax = 1_024;

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
  /** Calls that have one of these in common never run at the same time. */
  keysOf: (call: Call) => readonly string[];
  /** But they may be done by one batch, one after another. */
  keysMayMeet?: true;
  /**
   * Reads only: the refusal of each, or nothing where it may go on. Asked of those who want what
   * a running batch is about, and again when that batch has ended: who came too late is told so
   * at once, by one read for all of them, and takes no place in a lane.
   */
  refusals?: (calls: readonly Call[]) => Promise<(Problem | undefined)[]>;
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
  /** Wants what a running or ended batch is about: to be asked about before anything else. */
  isBehind: boolean;
  /** Is being asked about: stays where it is until the answer is there. */
  isAsked: boolean;
}

const tooLong = () =>
  new Problem('unavailable', { cause: new Error('no lane came free'), retryAfterSeconds: 1 });

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
  /** What the running batches are about. */
  const runningKeys = new Set<string>();
  let running = 0;
  let isScheduled = false;
  const ask = createAsker(options, waiting, () => schedule());
  const isRival = (keys: readonly string[], others: ReadonlySet<string>): boolean =>
    options.refusals !== undefined && keys.some((key) => others.has(key));

  function schedule(): void {
    // After every request that is being read right now.
    if (!isScheduled) setImmediate(next);
    isScheduled = true;
  }

  function next(): void {
    isScheduled = false;
    while (running < lanes && waiting.size > 0) {
      const batch = takeBatch(waiting, options, runningKeys);
      if (batch.length === 0) break;
      running += 1;
      const keys = batch.flatMap((one) => one.keys);
      for (const key of keys) runningKeys.add(key);
      void runBatch(options, batch).finally(() => {
        running -= 1;
        for (const key of keys) runningKeys.delete(key);
        const ended = new Set(keys);
        for (const one of waiting) one.isBehind ||= isRival(one.keys, ended);
        next();
      });
    }
    ask();
  }

  return (call) =>
    new Promise((resolve, reject) => {
      if (waiting.size >= queueMax) return reject(tooLong());
      const giveUp = () => {
        waiting.delete(one);
        reject(tooLong());
      };
      const timer = setTimeout(giveUp, waitMs);
      const keys = keysOf(call);
      const isBehind = isRival(keys, runningKeys);
      const one = { call, keys, resolve, reject, timer, isBehind, isAsked: false };
      waiting.add(one);
      if (running < lanes || isBehind) schedule();
    });
}

/** The first ones that have no key in common with a running one, taken out of the line. */
function takeBatch<Call extends { signal: AbortSignal }, Result>(
  waiting: Set<Waiting<Call, Result>>,
  { callsMax, keysMayMeet }: Pick<BatchesOptions<Call, Result>, 'callsMax' | 'keysMayMeet'>,
  runningKeys: ReadonlySet<string>,
): Waiting<Call, Result>[] {
  const batch: Waiting<Call, Result>[] = [];
  const keys = new Set(runningKeys);
  for (const one of waiting) {
    if (batch.length === callsMax) break;
    const { aborted, reason } = one.call.signal;
    const mustWait = one.isBehind || one.isAsked || one.keys.some((key) => keys.has(key));
    if (!aborted && mustWait) continue;
    leave(waiting, one);
    if (aborted) {
      one.reject(new Problem('unavailable', { cause: reason }));
      continue;
    }
    if (!keysMayMeet) for (const key of one.keys) keys.add(key);
    batch.push(one);
  }
  return batch;
}

function leave<Call, Result>(
  waiting: Set<Waiting<Call, Result>>,
  one: Waiting<Call, Result>,
): boolean {
  clearTimeout(one.timer);
  return waiting.delete(one);
}

/** Asks about those that are behind, one read at a time. @param done some may go on now */
function createAsker<Call, Result>(
  { refusals }: Pick<BatchesOptions<Call, Result>, 'refusals'>,
  waiting: Set<Waiting<Call, Result>>,
  done: () => void,
): () => void {
  let isAsking = false;

  function behind(): Waiting<Call, Result>[] {
    const found: Waiting<Call, Result>[] = [];
    for (const one of waiting) {
      if (found.length === askedMax) break;
      if (one.isBehind) found.push(one);
    }
    return found;
  }

  async function askAll(asked: readonly Waiting<Call, Result>[]): Promise<void> {
    // What went wrong is told to those who do the work.
    const nobody = () => asked.map(() => undefined);
    const problems = (await refusals?.(asked.map(({ call }) => call)).catch(nobody)) ?? [];
    asked.forEach((one, index) => {
      one.isAsked = false;
      const problem = problems[index];
      if (problem && leave(waiting, one)) one.reject(problem);
    });
  }

  return () => {
    const asked = refusals && !isAsking ? behind() : [];
    if (asked.length === 0) return;
    isAsking = true;
    for (const one of asked) Object.assign(one, { isBehind: false, isAsked: true });
    void askAll(asked).finally(() => {
      isAsking = false;
      done();
    });
  };
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
