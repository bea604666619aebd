import type { Logger } from '../../shared/logger.ts';
import { Problem } from '../../shared/problems.ts';
import type { Lock, LockResult } from './lock.ts';
import { createSemaphore, type Semaphore } from './semaphore.ts';

export interface LockRequest {
  /** Of `lockKeys`, without the namespace. Empty: nothing is locked. */
  keys: readonly string[];
  /** 0 fails fast. */
  waitMs: number;
  /** What is thrown when somebody else has a key. */
  busy: () => Error;
  /** One more key; when it is this one that somebody has, nobody waits and this is told. */
  guard?: { key: string; busy: () => Problem } | undefined;
}

export interface LockService {
  /**
   * Runs `work` while the keys are held. That they are held is never certain (docs/decisions/0001):
   * `work` must be right without.
   * @throws what `work` throws, what the request's `busy` makes, Problem `unavailable`.
   */
  withLock<T>(request: LockRequest, work: () => Promise<T>): Promise<T>;
  /** This process has the key right now: who asks for it is told that somebody has it. */
  isHeld(key: string): boolean;
  /** Mean wait for a lock since the last call, in ms. */
  stats(): { waitMs: number };
  /** Waits until every lock is released. */
  close(): Promise<void>;
}

export interface LockServiceOptions {
  lock: Lock;
  namespace: string;
  /** What to do when the lock nodes are away: let the database arbitrate, or refuse. */
  downPolicy: 'db' | 'closed';
  /** How many may work at once without locks. */
  downPlaces: number;
  logger: Logger;
}

const queueMax = 2_000;
const unavailable = (cause: unknown): Problem =>
  new Problem('unavailable', { cause, retryAfterSeconds: 1 });

export function createLockService(options: LockServiceOptions): LockService {
  const { lock, namespace, downPolicy } = options;
  const turns = createTurns();
  const pending = new Set<Promise<void>>();
  const down = createSemaphore({
    places: options.downPlaces,
    queueMax,
    waitMs: 2_000,
    refuse: () => unavailable(new Error('too many calls while the locks are away')),
  });
  const wait = createMean();
  const held = new Set<string>();
  const noteAway = createAwayLog(options);

  /** One turn at a time in this process, so that Redis is asked by one of the waiting only. */
  const inTurn = <T>(request: LockRequest, work: () => Promise<T>): Promise<T> => {
    const [key] = request.keys;
    if (request.waitMs === 0 || key === undefined) return work();
    return turns(key, { waitMs: request.waitMs, refuse: request.busy }).use(work);
  };

  function releaseLater(keys: readonly string[], release: () => Promise<void>): void {
    const released = release().finally(() => {
      for (const key of keys) held.delete(key);
      pending.delete(released);
    });
    pending.add(released);
  }

  async function withLock<T>(request: LockRequest, work: () => Promise<T>): Promise<T> {
    if (request.keys.length === 0 && !request.guard) return work();
    const askedAt = performance.now();
    return inTurn(request, async () => {
      const leftMs = Math.max(0, request.waitMs - (performance.now() - askedAt));
      const result = await acquire(lock, namespace, { ...request, waitMs: leftMs });
      wait.add(performance.now() - askedAt);
      noteAway(result);
      if (result.outcome === 'contended') throw request.busy();
      if (result.outcome === 'away') {
        if (downPolicy === 'closed') throw unavailable(result.cause);
        return down.use(work);
      }
      for (const key of request.keys) held.add(key);
      try {
        return await work();
      } finally {
        releaseLater(request.keys, result.release);
      }
    });
  }

  return {
    withLock,
    isHeld: (key) => held.has(key),
    stats: () => ({ waitMs: wait.take() }),
    close: async () => {
      await Promise.all(pending);
    },
  };
}

/** Says once that the locks are away, and once that they are back. */
function createAwayLog({ logger, downPolicy }: LockServiceOptions) {
  let wasAway = false;
  return (result: LockResult): void => {
    const isAway = result.outcome === 'away';
    if (isAway && !wasAway) logger.warn({ err: result.cause, downPolicy }, 'locks are away');
    if (!isAway && wasAway) logger.info('locks are back');
    wasAway = isAway;
  };
}

async function acquire(lock: Lock, namespace: string, request: LockRequest): Promise<LockResult> {
  const { guard, waitMs } = request;
  const keys = request.keys.map((key) => namespace + key);
  if (!guard) return lock.acquire(keys, waitMs);
  const guardKey = namespace + guard.key;
  const first = await lock.acquire([...keys, guardKey], 0);
  if (first.outcome !== 'contended') return first;
  const alone = await lock.acquire([guardKey], 0);
  if (alone.outcome === 'contended') throw guard.busy();
  if (alone.outcome === 'held') await alone.release();
  return waitMs > 0 ? lock.acquire([...keys, guardKey], waitMs) : first;
}

/** No locks at all: the database alone decides. For tests, and to measure what locks buy. */
export function createNoLocks(): LockService {
  return {
    withLock: (_request, work) => work(),
    isHeld: () => false,
    stats: () => ({ waitMs: 0 }),
    close: () => Promise.resolve(),
  };
}

/** Mean of what was added since it was last taken; 0 of nothing. */
function createMean() {
  let sum = 0;
  let count = 0;
  return {
    add: (value: number): void => {
      sum += value;
      count += 1;
    },
    take: (): number => {
      const mean = count === 0 ? 0 : sum / count;
      sum = 0;
      count = 0;
      return mean;
    },
  };
}

type Turn = (key: string, options: { waitMs: number; refuse: () => Error }) => Semaphore;

/** A semaphore of one place per key, kept only while somebody uses it. */
function createTurns(): Turn {
  const byKey = new Map<string, { semaphore: Semaphore; users: number }>();
  return (key, { waitMs, refuse }) => ({
    use: async (work) => {
      const turn = byKey.get(key) ?? {
        semaphore: createSemaphore({ places: 1, queueMax, waitMs, refuse }),
        users: 0,
      };
      byKey.set(key, turn);
      turn.users += 1;
      try {
        return await turn.semaphore.use(work);
      } finally {
        turn.users -= 1;
        if (turn.users === 0) byKey.delete(key);
      }
    },
  });
}
