import type { RedlockClient } from './lock.ts';

/** As shared/redis makes them: `commandTimeout`, no offline queue, no retries. */
export interface CommandClient {
  evalsha(hash: string, keyCount: number, ...args: string[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...args: string[]): Promise<unknown>;
}

export interface LockNodeOptions {
  /** How long a node that did not answer in time is left alone. */
  restMs: number;
  /** Monotonic, in ms. */
  now?: () => number;
}

/**
 * A node as Redlock sees it. One that is frozen answers nothing until the command times out; after
 * the first such time it is counted as absent at once, so that callers do not notice it, and asked
 * again by one command per rest.
 */
export function createLockNode(client: CommandClient, options: LockNodeOptions): RedlockClient {
  const { restMs, now = () => performance.now() } = options;
  let absentUntil = 0;

  async function ask(command: () => Promise<unknown>): Promise<unknown> {
    const askedAt = now();
    if (askedAt < absentUntil) throw new Error('this lock node rests after a timeout');
    const wasAbsent = absentUntil > 0;
    // Back after a rest: one command goes to see, the others do not wait for it.
    if (wasAbsent) absentUntil = askedAt + restMs;
    try {
      const reply = await command();
      absentUntil = 0;
      return reply;
    } catch (error) {
      if (isTimeout(error)) absentUntil = now() + restMs;
      // Any other answer shows that the node is there, or refuses at once by itself.
      else if (wasAbsent) absentUntil = 0;
      throw error;
    }
  }

  return {
    evalsha: (hash, keyCount, args) => ask(() => client.evalsha(hash, keyCount, ...args)),
    eval: (script, keyCount, args) => ask(() => client.eval(script, keyCount, ...args)),
  };
}

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Command timed out';
