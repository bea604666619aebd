import {
  browse,
  fightForSeat,
  holdBest,
  lookAtMine,
  payFor,
  refundAll,
  thinkAgain,
} from './buy-journey.ts';
import { goThroughLine, leaveLine, type LoadFan } from './line-journey.ts';
import type { LoadPlan, ScenarioName } from './plan.ts';

/** What one fan does from its arrival to its end. */
export type Journey = (fan: LoadFan, plan: LoadPlan) => Promise<void>;

/** Waits for its turn, then buys or leaves: all that is asked of the line. */
const queueAdmission: Journey = async (fan, { payShare }) => {
  if ((await goThroughLine(fan)) !== 'inside') return;
  const buys = fan.io.random() < payShare;
  const held = buys ? await fightForSeat(fan) : [];
  // The payment gives the slot back by itself.
  if ((await payOrNothing(fan, held)) === 0) await leaveLine(fan);
};

async function payOrNothing(fan: LoadFan, held: Awaited<ReturnType<typeof fightForSeat>>) {
  return held.length === 0 ? 0 : (await payFor(fan, held)).length;
}

/** Gets inside and fights for a seat until it has one or none is left. */
const seatRush: Journey = async (fan) => {
  const startedAtMs = fan.io.nowMs();
  if ((await goThroughLine(fan)) !== 'inside') return;
  const sold = await payOrNothing(fan, await fightForSeat(fan));
  if (sold === 0) return leaveLine(fan);
  const { io, runStartedAtMs } = fan;
  io.note('time_to_seat', io.nowMs() - startedAtMs);
  io.gauge('seconds_to_last_sale', (io.nowMs() - runStartedAtMs) / 1_000);
};

/** Everything a fan may do; seats come back by half of them, so that it can go on for long. */
const fullJourney: Journey = async (fan, { payShare }) => {
  const { io } = fan;
  const startedAtMs = io.nowMs();
  await browse(fan);
  if ((await goThroughLine(fan)) !== 'inside') return;
  const held = await holdBest(fan, io.random() < 0.5 ? 1 : 2);
  if (held.length > 0 && io.random() < payShare) {
    const payments = await payFor(fan, held);
    await lookAtMine(fan);
    if (io.random() < 0.5) await refundAll(fan, payments);
    if (payments.length === 0) await leaveLine(fan);
  } else {
    await thinkAgain(fan, held);
    await leaveLine(fan);
  }
  io.note('whole_journey', io.nowMs() - startedAtMs);
};

/** As the whole journey, but nobody keeps a seat: the end has to look like the beginning. */
const soak: Journey = async (fan, plan) => {
  const { io } = fan;
  await browse(fan);
  if ((await goThroughLine(fan)) !== 'inside') return;
  const held = await holdBest(fan, 1);
  const pays = held.length > 0 && io.random() < plan.payShare;
  const payments = pays ? await payFor(fan, held) : [];
  if (!pays) await thinkAgain(fan, held);
  if (payments.length === 0) return leaveLine(fan);
  await lookAtMine(fan);
  await refundAll(fan, payments);
};

/** The cheapest visit there is: in and out again, as many a second as possible. */
const breakpoint: Journey = async (fan) => {
  if ((await goThroughLine(fan)) === 'inside') await leaveLine(fan);
};

const journeys: Record<ScenarioName, Journey> = {
  'queue-admission': queueAdmission,
  'flash-crowd': queueAdmission,
  'seat-rush': seatRush,
  'full-journey': fullJourney,
  soak,
  breakpoint,
};

export async function runJourney(fan: LoadFan, plan: LoadPlan): Promise<void> {
  await journeys[plan.scenario](fan, plan);
  fan.io.count('fans_done');
}
