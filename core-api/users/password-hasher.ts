import { hash, type Options, verify } from '@node-rs/argon2';
import { Problem } from '../../shared/problems.ts';
import { createSemaphore } from '../lock/semaphore.ts';

/**
 * argon2id by the OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane. The library's
 * default algorithm is argon2id; its `const enum` cannot be named under erasable syntax.
 */
const owasp: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface PasswordHasher {
  hash(password: string, signal?: AbortSignal): Promise<string>;
  /** A user that does not exist costs the same time as one with another password: hash undefined. */
  verify(
    passwordHash: string | undefined,
    password: string,
    signal?: AbortSignal,
  ): Promise<boolean>;
}

export interface PasswordHasherOptions {
  /** Hashes computed at once, each on a thread of its own. */
  parallel: number;
  /** Callers that may wait for a turn; the next one is sent away. */
  waitingMax: number;
}

/** Longer than a full line takes; who is still waiting then is told to come back. */
const turnWaitMs = 10_000;

/**
 * Hashing is made to be slow, so a flood of logins must wait in a bounded line instead of eating
 * the machine.
 * @throws Problem `unavailable` when too many wait already.
 */
export function createPasswordHasher(options: PasswordHasherOptions): PasswordHasher {
  const places = createSemaphore({
    places: options.parallel,
    queueMax: options.waitingMax,
    waitMs: turnWaitMs,
    refuse: () => new Problem('unavailable'),
  });
  const turn = <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> =>
    places.use(() => {
      if (signal?.aborted) throw new Problem('unavailable', { cause: signal.reason });
      return work();
    });
  const nobodysHash = turn(() => hash('nobody has this password', owasp));
  nobodysHash.catch(() => undefined);
  return {
    hash: (password, signal) => turn(() => hash(password, owasp), signal),
    verify: async (passwordHash, password, signal) => {
      const against = passwordHash ?? (await nobodysHash);
      const matches = await turn(() => verify(against, password), signal);
      return matches && passwordHash !== undefined;
    },
  };
}
