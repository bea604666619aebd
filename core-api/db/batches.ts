import { Problem } from '../../shared/problems.ts';

/**
 * Of holds, of payments, and of charges. Two lanes: one transaction is written while another one's
 * commit goes to the disk; more would make the batches smaller and the statements more.
 */
export const batchLimits = { lanes: 2, callsMax: 128, queueMax: 5_000, waitMs: 5_000 } as const;

/** Calls that are asked about in one read. */
const askedMax = 1_024;

/** What was read this long ago is read again before anything is done. */
const freshMs = 500;

/** After somebody was refused others of that crowd are near: they are asked about together. */
const gatherMs = 5;

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
   * Reads only: the refusal of each, or nothing where it may go on. Asked of every call before it
   * may take a place, of those who want what a batch has when it says `taken`, and again when that
   * batch has ended: who came too late is told so at once, by one read for all of them.
   */
  refusals?: (calls: readonly Call[]) => Promise<(Problem | undefined)[]>;
  /**
   * All calls in one transaction: an outcome for each, in order, or nothing has happened.
   * @throws whatever it meets that is not the usual course; each call is run alone then.
   */
  together: (calls: readonly Call[], run: Run) => Promise<Outcome<Result>[]>;
  alone: (call: Call, run: Run) => Promise<Result>;
}

/** What the work of a batch is told, and tells. */
export interface Run {
  /** `refusals` has let all of it go on just now. */
  wasAsked: boolean;
  /** What it is about is its own: others who want that may be told. */
  taken: () => void;
}

interface Waiting<Call, Result> {
  call: Call;
  keys: readonly string[];
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
  timer: NodeJS.Timeout;
  /** To be asked about before anything else. */
  isBehind: boolean;
  /** Is being asked about: stays where it is until the answer is there. */
  isAsked: boolean;
  /** When it was let go on; monotonic, in ms. */
  clearedAt: number;
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
  const { lanes, keysOf } = options;
  const waiting = new Set<Waiting<Call, Result>>();
  /** What the running batches are about. */
  const runningKeys = new Set<string>();
  let running = 0;
  let isScheduled = false;
  const ask = createAsker(options, waiting, () => schedule());

  /** Those who want what a batch has are asked about once more. */
  function markRivals(keys: ReadonlySet<string>): void {
    if (!options.refusals) return;
    for (const one of waiting) one.isBehind ||= one.keys.some((key) => keys.has(key));
  }

  function schedule(): void {
    // After every request that is being read right now.
    if (!isScheduled) setImmediate(next);
    isScheduled = true;
  }

  function begin(batch: readonly Waiting<Call, Result>[]): void {
    running += 1;
    const keys = new Set(batch.flatMap((one) => one.keys));
    for (const key of keys) runningKeys.add(key);
    const taken = (): void => {
      markRivals(keys);
      ask();
    };
    void runBatch(options, batch, taken).finally(() => {
      running -= 1;
      for (const key of keys) runningKeys.delete(key);
      markRivals(keys);
      next();
    });
  }

  function next(): void {
    isScheduled = false;
    while (running < lanes && waiting.size > 0) {
      const batch = takeBatch(waiting, options, runningKeys);
      if (batch.length === 0) break;
      begin(batch);
    }
    ask();
  }

  return (call) => {
    const isBehind = options.refusals !== undefined;
    const settled = enter(waiting, options, { call, keys: keysOf(call), isBehind });
    if (running < lanes || isBehind) schedule();
    return settled;
  };
}

/** Puts a call in the line. @returns what becomes of it */
function enter<Call, Result>(
  waiting: Set<Waiting<Call, Result>>,
  { queueMax, waitMs }: Pick<BatchesOptions<Call, Result>, 'queueMax' | 'waitMs'>,
  given: Pick<Waiting<Call, Result>, 'call' | 'keys' | 'isBehind'>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (waiting.size >= queueMax) return reject(tooLong());
    const giveUp = () => {
      waiting.delete(one);
      reject(tooLong());
    };
    const timer = setTimeout(giveUp, waitMs);
    const one = { ...given, resolve, reject, timer, isAsked: false, clearedAt: -Infinity };
    waiting.add(one);
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
  let pause: NodeJS.Timeout | undefined;

  function behind(): Waiting<Call, Result>[] {
    const found: Waiting<Call, Result>[] = [];
    for (const one of waiting) {
      if (found.length === askedMax) break;
      if (one.isBehind) found.push(one);
    }
    return found;
  }

  /** @returns whether somebody was refused */
  async function askAll(asked: readonly Waiting<Call, Result>[]): Promise<boolean> {
    // What went wrong is told to those who do the work.
    const problems = await refusals?.(asked.map(({ call }) => call)).catch(() => undefined);
    asked.forEach((one, index) => {
      one.isAsked = false;
      const problem = problems?.[index];
      if (problem && leave(waiting, one)) one.reject(problem);
      else if (problems) one.clearedAt = performance.now();
    });
    return problems?.some((problem) => problem !== undefined) ?? false;
  }

  function ask(): void {
    const asked = refusals && !isAsking && !pause ? behind() : [];
    if (asked.length === 0) return;
    isAsking = true;
    for (const one of asked) Object.assign(one, { isBehind: false, isAsked: true });
    void askAll(asked).then((isCrowd) => {
      isAsking = false;
      const goOn = (): void => {
        pause = undefined;
        ask();
      };
      if (isCrowd) pause = setTimeout(goOn, gatherMs);
      done();
    });
  }
  return ask;
}

/** Settles every call of the batch; never rejects. */
async function runBatch<Call, Result>(
  { together, alone }: Pick<BatchesOptions<Call, Result>, 'together' | 'alone'>,
  batch: readonly Waiting<Call, Result>[],
  taken: () => void,
): Promise<void> {
  const freshAt = performance.now() - freshMs;
  const run = { wasAsked: batch.every(({ clearedAt }) => clearedAt >= freshAt), taken };
  const eachAlone = (how: Run) =>
    Promise.all(batch.map(({ call, resolve, reject }) => alone(call, how).then(resolve, reject)));
  if (batch.length === 1) return void (await eachAlone(run));
  try {
    const outcomes = await together(
      batch.map(({ call }) => call),
      run,
    );
    batch.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index];
      if (outcome && 'value' in outcome) resolve(outcome.value);
      else reject(outcome?.problem ?? new Error('a call of a batch has no outcome'));
    });
  } catch (error) {
    // A store that is away is away for each of them too.
    if (!isAway(error)) return void (await eachAlone({ ...run, wasAsked: false }));
    for (const { reject } of batch) reject(error);
  }
}

const isAway = (error: unknown): boolean => error instanceof Problem && error.status === 503;
