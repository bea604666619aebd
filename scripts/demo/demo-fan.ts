import { setTimeout as delay } from 'node:timers/promises';
import type { Entry, Room } from '../../shared/contracts/queue.ts';
import type { Answer, ProblemAnswer } from '../client/api-client.ts';
import type { Fan } from '../client/fan.ts';
import { type DemoConcert, demoPrice } from './demo-concert.ts';
import type { DemoTally } from './demo-tally.ts';

interface DemoFanOptions {
  fan: Fan;
  concert: DemoConcert;
  tally: DemoTally;
}

/** One fan from joining to a paid seat, or to the news that it is sold out. */
export async function runDemoFan(options: DemoFanOptions): Promise<void> {
  const { fan, concert, tally } = options;
  const startedAt = performance.now();
  if (await getInside(options)) {
    tally.waitsMs.push(performance.now() - startedAt);
    // A payment ends the place by itself; who got no seat gives the slot back.
    if (!(await buy(options))) await note(tally, fan.leave(concert.concertId));
  }
  tally.finished += 1;
}

/** @returns false when the concert sold out while the fan waited */
async function getInside({ fan, concert, tally }: DemoFanOptions): Promise<boolean> {
  const { concertId } = concert;
  let answer: Answer<Entry & ProblemAnswer> = await note(tally, fan.join(concertId));
  for (;;) {
    const entry = answer.status < 300 ? answer.body : undefined;
    if (entry?.status === 'ACTIVE') return true;
    if (entry?.status === 'READY') {
      const claimed = await note(tally, fan.activate(concertId));
      if (claimed.status === 200) return true;
    }
    await delay(entry?.pollAfterMs ?? Number(answer.headers['retry-after'] ?? 1) * 1_000);
    if (await isSoldOut({ fan, concertId })) {
      await note(tally, fan.leave(concertId));
      return false;
    }
    answer = await note(tally, fan.status(concertId));
    if (answer.status === 410 && answer.body['reason'] === 'sold-out') return false;
    if (answer.status === 410) answer = await note(tally, fan.join(concertId));
  }
}

async function isSoldOut({ fan, concertId }: { fan: Fan; concertId: string }): Promise<boolean> {
  const room = await fan.call<Room>('GET', `/queue/${concertId}`);
  return room.status === 200 && room.body.phase === 'SOLD_OUT';
}

/** @returns false when no seat was free any more */
async function buy({ fan, concert, tally }: DemoFanOptions): Promise<boolean> {
  const { concertId, scheduleId } = concert;
  for (;;) {
    const free = (await fan.seats(concertId, scheduleId)).filter(
      ({ seatStatus }) => seatStatus === 'AVAILABLE',
    );
    const seat = free[Math.floor(Math.random() * free.length)];
    if (!seat) return false;
    const held = await note(tally, fan.hold(concertId, { scheduleId, seatIds: [seat.seatId] }));
    if (held.status !== 201) continue;
    tally.held += 1;
    const charged = await note(tally, fan.charge(demoPrice));
    if (charged.status === 201) tally.charged += demoPrice;
    const ids = held.body.reservations.map(({ reservationId }) => reservationId);
    const paid = await note(tally, fan.pay(concertId, ids));
    if (paid.status === 201) tally.sold += 1;
    return true;
  }
}

async function note<T extends Answer>(tally: DemoTally, call: Promise<T>): Promise<T> {
  const answer = await call;
  if (answer.status >= 400) {
    const { code, reason } = (answer.body ?? { code: 'no body' }) as ProblemAnswer;
    tally.refuse(answer.status, typeof reason === 'string' ? `${code} (${reason})` : code);
  }
  return answer;
}
