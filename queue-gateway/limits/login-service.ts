import { createHash } from 'node:crypto';
import { login } from '../../shared/contracts/auth.ts';
import { Problem } from '../../shared/problems.ts';
import { limitKeyOf } from '../http/client-address.ts';
import {
  failureMemorySeconds,
  freeFailures,
  freeFailuresAnywhere,
  pauseSeconds,
} from './limit-rules.ts';
import type { LimitStore } from './limit-store.ts';

/** Slows down whoever guesses passwords, by account and by account and address. */
export interface LoginBrake {
  /**
   * @param body JSON of the log-in; one that is none of ours is left to the core to refuse.
   * @returns what to tell of the outcome: the status of the core's answer.
   * @throws Problem `too-many-requests` while a pause lasts, the same for names that do not exist.
   */
  begin(body: Buffer, address: string): Promise<(status: number) => Promise<void>>;
}

function userNameOf(body: Buffer): string | undefined {
  try {
    return login.body.parse(JSON.parse(body.toString('utf8'))).userName;
  } catch {
    return undefined;
  }
}

/** Names are no part of a key: they are text of strangers, and nobody's business in a store. */
const digest = (...parts: string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 22);

const nothing = (): Promise<void> => Promise.resolve();

export function createLoginBrake(store: LimitStore): LoginBrake {
  async function fail(key: string, free: number): Promise<void> {
    const seconds = pauseSeconds(await store.addFailure(key, failureMemorySeconds), free);
    if (seconds > 0) await store.pause(key, seconds);
  }

  return {
    async begin(body, address) {
      const name = userNameOf(body)?.toLowerCase();
      if (name === undefined) return nothing;
      const here = digest(name, limitKeyOf(address));
      const anywhere = digest(name);
      const waitMs = Math.max(await store.pausedMs(here), await store.pausedMs(anywhere));
      if (waitMs > 0)
        throw new Problem('too-many-requests', { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
      const note = async (status: number): Promise<void> => {
        if (status === 401)
          await Promise.all([fail(here, freeFailures), fail(anywhere, freeFailuresAnywhere)]);
        else if (status === 200) await store.forgetFailures(here);
      };
      // The caller has its answer by then; a count that is lost is nothing to tell anybody.
      return (status) => note(status).catch(() => undefined);
    },
  };
}

export const noBrake: LoginBrake = { begin: () => Promise.resolve(nothing) };
