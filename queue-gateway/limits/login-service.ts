import { createHash } from 'node:crypto';
import { login } from '../../shared/contracts/auth.ts';
import { Problem } from '../../shared/problems.ts';
import { limitKeyOf } from '../http/client-address.ts';
import { freeFailures, freeFailuresAnywhere, pauseSeconds } from './limit-rules.ts';
import type { LimitStore } from './limit-store.ts';

/** What became of a log-in: the status the core answered; `failed`: it gave no answer. */
export type Outcome = number | 'abandoned' | 'failed';

/** Slows down whoever guesses passwords, by account and by account and address. */
export interface LoginBrake {
  /**
   * @param body JSON of the log-in; one that is none of ours is left to the core to refuse.
   * @returns whom to tell of the outcome.
   * @throws Problem `too-many-requests` while a pause lasts, the same for names that do not exist.
   */
  begin(body: Buffer, address: string): Promise<(outcome: Outcome) => Promise<void>>;
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

/**
 * An attempt counts as a wrong one from its beginning: many guesses at the same moment are as many
 * as one after the other, and who hangs up before the answer has guessed all the same.
 */
export function createLoginBrake(store: LimitStore): LoginBrake {
  async function enter(key: string, free: number): Promise<number> {
    const seconds = pauseSeconds(await store.addAttempt(key), free);
    return seconds === 0 ? 0 : store.takeTurn(key, seconds);
  }

  function refuseAfter(waitsMs: number[]): void {
    const waitMs = Math.max(...waitsMs);
    if (waitMs > 0)
      throw new Problem('too-many-requests', { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
  }

  return {
    async begin(body, address) {
      const name = userNameOf(body)?.toLowerCase();
      if (name === undefined) return nothing;
      const [here, anywhere] = [digest(name, limitKeyOf(address)), digest(name)];
      const takeBack = async (): Promise<void> => {
        await Promise.all([store.takeBack(here), store.takeBack(anywhere)]);
      };
      refuseAfter(await Promise.all([here, anywhere].map((key) => store.turnWaitMs(key))));
      const waitsMs = await Promise.all([
        enter(here, freeFailures),
        enter(anywhere, freeFailuresAnywhere),
      ]);
      if (waitsMs.some((waitMs) => waitMs > 0)) await takeBack();
      refuseAfter(waitsMs);
      const note = async (outcome: Outcome): Promise<void> => {
        if (outcome === 401 || outcome === 'abandoned') return;
        await takeBack();
        if (outcome === 200) await store.forgetAttempts(here);
      };
      // The caller has its answer by then; a count that is lost is nothing to tell anybody.
      return (outcome) => note(outcome).catch(() => undefined);
    },
  };
}

export const noBrake: LoginBrake = { begin: () => Promise.resolve(nothing) };
