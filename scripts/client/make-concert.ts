import type { PolicyFields } from '../../shared/contracts/queue.ts';
import { expectStatus } from './api-client.ts';
import type { Fan } from './fan.ts';

export interface MadeConcert {
  concertId: string;
  scheduleId: string;
}

export interface ConcertWish {
  concertName: string;
  seats: number;
  /** Of every seat, in won. */
  price: number;
  seatsPerUser?: number;
  policy?: Partial<PolicyFields>;
}

const dayMs = 86_400_000;

/** A new concert with one date a month ahead, as an owner makes it by the admin calls. */
export async function makeConcert(owner: Fan, wish: ConcertWish): Promise<MadeConcert> {
  const { concertName, seats, price, seatsPerUser, policy } = wish;
  const concert = await owner.call<{ concertId: string }>('POST', '/admin/concerts', {
    body: { concertName, ...(seatsPerUser === undefined ? {} : { seatsPerUser }) },
  });
  const { concertId } = expectStatus(concert, 201);
  const schedules = `/admin/concerts/${concertId}/schedules`;
  const schedule = await owner.call<{ concertScheduleId: string }>('POST', schedules, {
    body: { concertDt: new Date(Date.now() + 30 * dayMs).toISOString(), totalSeat: seats },
  });
  const { concertScheduleId: scheduleId } = expectStatus(schedule, 201);
  const numbered = Array.from({ length: seats }, (_, i) => ({ seatNum: i + 1, price }));
  const made = await owner.call('POST', `${schedules}/${scheduleId}/seats`, {
    body: { seats: numbered },
  });
  expectStatus(made, 201);
  if (policy) {
    // A test may ask for more than the core was seen to stand; that is what it is for.
    const body = { ...policy, force: true };
    expectStatus(await owner.call('PUT', `/admin/queue/${concertId}`, { body }), 200);
  }
  return { concertId, scheduleId };
}
