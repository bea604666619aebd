import { arrivalsOf, type Share } from './arrivals.ts';
import type { FanAccount, FanIo, LoadSetup } from './io.ts';
import { runJourney } from './journeys.ts';
import type { LoadPlan } from './plan.ts';

/** Fans that one thread, or one virtual user of k6, leads from their arrival to their end. */
export interface Crowd {
  plan: LoadPlan;
  setup: LoadSetup;
  /** Of all fans of the run; a run with more arrivals uses them again. */
  accounts: readonly FanAccount[];
  share: Share;
  /** Unix time in ms of the first arrival of the run. */
  startsAtMs: number;
  clock: { nowMs(): number; waitMs(ms: number): Promise<unknown> };
  /** Of a fan who was to arrive at this Unix time in ms. */
  ioOf(dueAtMs: number): FanIo;
  /** Asked before each arrival, so long after the first one: is nobody to come any more? */
  isOver(afterMs: number, onTheWay: number): boolean;
}

/** Each fan sets off by the clock, whatever the system does. Ends when all have come to an end. */
export async function lead(crowd: Crowd): Promise<void> {
  const { plan, setup, accounts, share, startsAtMs, clock } = crowd;
  let onTheWay = 0;
  const visits: Promise<void>[] = [];
  for (const { index, atMs } of arrivalsOf(plan, share)) {
    const account = accounts[index % accounts.length];
    if (!account) throw new Error('no accounts');
    const dueAtMs = startsAtMs + atMs;
    const earlyMs = dueAtMs - clock.nowMs();
    if (earlyMs > 1) await clock.waitMs(earlyMs);
    if (crowd.isOver(atMs, onTheWay)) break;
    const io = crowd.ioOf(dueAtMs);
    io.note('start_delay', Math.max(0, clock.nowMs() - dueAtMs));
    onTheWay += 1;
    const visit = runJourney({ ...account, io, setup, runStartedAtMs: startsAtMs }, plan);
    visits.push(visit.finally(() => (onTheWay -= 1)));
  }
  await Promise.all(visits);
}
