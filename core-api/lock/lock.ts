import { setTimeout as delay } from 'node:timers/promises';
import Redlock, { ExecutionError, type RedlockClient, ResourceLockedError } from 'redlock';

export type { RedlockClient };

/** What came of asking for a lock. `away`: no majority of the nodes answered. */
export type LockResult =
  | { outcome: 'held'; release: () => Promise<void> }
  | { outcome: 'contended' }
  | { outcome: 'away'; cause: unknown };

export interface Lock {
  /**
   * All keys or none, in one step on each node.
   * @param waitMs how long to try again while somebody else has a key; 0 fails fast.
   */
  acquire(keys: readonly string[], waitMs: number): Promise<LockResult>;
}

export interface LockOptions {
  /** One per independent Redis master; an odd number, so that votes cannot tie. */
  clients: readonly RedlockClient[];
  /** Longer than whatever is done under the lock can take. */
  ttlMs: number;
  /** What must be left of the time to live once the lock is had. */
  minValidityMs: number;
}

/** Rivals who ask several nodes at once can split the votes so that nobody has won: ask again. */
const splitVoteWaitMs = 40;
const pauseMs = (): number => 4 + Math.random() * 12;

/**
 * Redlock without the faults of its 5.0.0-beta.2: a tie never settles (so: an odd number of
 * nodes), its own retries meet their own leftovers and hand out locks that have expired (so: one
 * try inside, a loop with a new random value each time outside, and a look at the time that is
 * left), `using()` drops the result of a routine whose lock ran out (so: never used).
 */
export function createLock({ clients, ttlMs, minValidityMs }: LockOptions): Lock {
  if (clients.length % 2 === 0) throw new Error('Redlock needs an odd number of nodes');
  const redlock = new Redlock(clients, { retryCount: 0 });

  async function attempt(keys: readonly string[]): Promise<LockResult> {
    try {
      const lock = await redlock.acquire([...keys], ttlMs);
      const release = async (): Promise<void> => {
        // A lock that ran out meanwhile cannot be released, and need not be.
        await lock.release().catch(() => undefined);
      };
      if (lock.expiration - Date.now() >= minValidityMs) return { outcome: 'held', release };
      await release();
      return { outcome: 'away', cause: new Error('the lock took too long to get') };
    } catch (error) {
      return (await isContended(error))
        ? { outcome: 'contended' }
        : { outcome: 'away', cause: error };
    }
  }

  return {
    acquire: async (keys, waitMs) => {
      const sorted = [...keys].sort();
      const leastMs = clients.length > 1 ? splitVoteWaitMs : 0;
      const deadline = performance.now() + Math.max(waitMs, leastMs);
      for (;;) {
        const result = await attempt(sorted);
        if (result.outcome !== 'contended' || performance.now() >= deadline) return result;
        await delay(pauseMs());
      }
    },
  };
}

/** A majority of the nodes is there, and the reason is that somebody has the lock. */
async function isContended(error: unknown): Promise<boolean> {
  const [vote] = error instanceof ExecutionError ? error.attempts : [];
  if (!vote) return false;
  const { membershipSize, quorumSize, votesAgainst } = await vote;
  const away = [...votesAgainst.values()].filter(
    (reason) => !(reason instanceof ResourceLockedError),
  ).length;
  return membershipSize - away >= quorumSize;
}
