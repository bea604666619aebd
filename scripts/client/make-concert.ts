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
  seatsPerUser?: number | undefined;
  policy?: Partial<PolicyFields>;
}

const hourMs = 3_600_000;
const monthHours = 24 * 30;

/** Another date of a concert with its seats, numbered from 1. @returns its id */
export async function addDate(
  owner: Fan,
  concertId: string,
  wish: { seats: number; price: number; hoursAhead?: number },
): Promise<string> {
  const { seats, price, hoursAhead = monthHours } = wish;
  const at = `/admin/concerts/${concertId}/schedules`;
  const concertDt = new Date(Date.now() + hoursAhead * hourMs).toISOString();
  const made = await owner.call<{ concertScheduleId: string }>('POST', at, {
    body: { concertDt, totalSeat: seats },
  });
  const { concertScheduleId: scheduleId } = expectStatus(made, 201);
  const numbered = Array.from({ length: seats }, (_, i) => ({ seatNum: i + 1, price }));
  const filled = await owner.call('POST', `${at}/${scheduleId}/seats`, {
    body: { seats: numbered },
  });
  expectStatus(filled, 201);
  return scheduleId;
}

/** A new concert with one date a month ahead, as an owner makes it by the admin calls. */
export async function makeConcert(owner: Fan, wish: ConcertWish): Promise<MadeConcert> {
  const { concertName, seats, price, seatsPerUser, policy } = wish;
  const concert = await owner.call<{ concertId: string }>('POST', '/admin/concerts', {
    body: { concertName, ...(seatsPerUser === undefined ? {} : { seatsPerUser }) },
  });
  const { concertId } = expectStatus(concert, 201);
  const scheduleId = await addDate(owner, concertId, { seats, price });
  if (policy) {
    // A test may ask for more than the core was seen to stand; that is what it is for.
    const body = { ...policy, force: true };
    expectStatus(await owner.call('PUT', `/admin/queue/${concertId}`, { body }), 200);
  }
  return { concertId, scheduleId };
}
