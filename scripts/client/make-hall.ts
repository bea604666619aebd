import { seatsOf, type SeedConcert } from '../seed/seed-plan.ts';
import type { Fan } from './fan.ts';

const dayMs = 86_400_000;

/** A concert with one date and the seats of a sample hall, made by its owner through the API. */
export async function makeHall(
  owner: Fan,
  { hall, seatsPerUser }: SeedConcert,
  concertName: string,
): Promise<{ concertId: string; scheduleId: string }> {
  const made = await owner.call<{ concertId: string }>('POST', '/admin/concerts', {
    body: { concertName, seatsPerUser },
  });
  const { concertId } = made.body;
  const at = `/admin/concerts/${concertId}/schedules`;
  const seats = seatsOf(hall);
  const concertDt = new Date(Date.now() + 40 * dayMs);
  concertDt.setUTCHours(10, 0, 0, 0);
  const schedule = await owner.call<{ concertScheduleId: string }>('POST', at, {
    body: { concertDt: concertDt.toISOString(), totalSeat: seats.length },
  });
  const scheduleId = schedule.body.concertScheduleId;
  await owner.call('POST', `${at}/${scheduleId}/seats`, { body: { seats } });
  return { concertId, scheduleId };
}
