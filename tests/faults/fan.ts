import { setTimeout as delay } from 'node:timers/promises';
import { type CallerDeps, createCaller } from './caller.ts';
import { createLineCalls } from './line-calls.ts';
import { createBuyer } from './sale-calls.ts';

/** A client that waits, buys, thinks again and tries what it may not, and writes all of it down. */
export interface Fan {
  /** Visits until the signal, then leaves for good. */
  visitUntil(signal: AbortSignal): Promise<void>;
}

const pauseMs = 100;

export function createFan(deps: CallerDeps): Fan {
  const caller = createCaller(deps);
  const { note, surely, pick, random, hall, habits } = caller;
  const { userId, accessToken } = deps.account;
  const line = createLineCalls(caller);
  const buy = createBuyer(caller);

  /** What must never work, from outside and with what one happens to have. */
  async function intrude(): Promise<void> {
    const path = `/concerts/${hall.concertId}/schedules`;
    const [how, queueToken] = pick([
      ['no token', undefined],
      ['a forged token', 'eyJhbGciOiJub25lIn0.e30.'],
      ['an access token in its place', accessToken],
    ] as const);
    await note('intrude', { userId, how }, { method: 'GET', path, queueToken });
  }

  return {
    async visitUntil(signal) {
      while (!signal.aborted) {
        if (random() < 0.2) await intrude();
        const queueId = await line.getInside(signal);
        if (queueId === undefined) {
          await delay(pauseMs);
          continue;
        }
        const buys = 1 + Math.floor(random() * habits.buysMax);
        for (let times = 0; times < buys && !signal.aborted; times += 1) await buy();
        await line.leave(queueId);
      }
      // Whatever place is left is given back, so that at the end nobody is in the line.
      const last = await surely(line.join);
      if (last.result === 'ok') await surely(() => line.leave(Number(last.body['queueId'])));
    },
  };
}
