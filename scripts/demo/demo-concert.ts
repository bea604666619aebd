import { expectStatus } from '../client/api-client.ts';
import type { Fan } from '../client/fan.ts';

export const demoPrice = 55_000;

export interface DemoConcert {
  concertId: string;
  scheduleId: string;
}

const dayMs = 86_400_000;

/** A new concert with one date, so that a demo never meets the sales of another one. */
export async function createDemoConcert(
  owner: Fan,
  { seats, fans }: { seats: number; fans: number },
): Promise<DemoConcert> {
  const concert = await owner.call<{ concertId: string }>('POST', '/admin/concerts', {
    body: { concertName: `Demo ${new Date().toISOString()}` },
  });
  const { concertId } = expectStatus(concert, 201);
  const schedules = `/admin/concerts/${concertId}/schedules`;
  const schedule = await owner.call<{ concertScheduleId: string }>('POST', schedules, {
    body: { concertDt: new Date(Date.now() + 30 * dayMs).toISOString(), totalSeat: seats },
  });
  const { concertScheduleId: scheduleId } = expectStatus(schedule, 201);
  const numbered = Array.from({ length: seats }, (_, i) => ({ seatNum: i + 1, price: demoPrice }));
  expectStatus(
    await owner.call('POST', `${schedules}/${scheduleId}/seats`, { body: { seats: numbered } }),
    201,
  );
  // Fewer slots than fans, so that there is a line to see.
  const policy = { maxActive: Math.min(40, Math.max(10, fans / 10)), admitPerSecond: 40 };
  expectStatus(
    await owner.call('PUT', `/admin/queue/${concertId}`, {
      body: { ...policy, maxActive: Math.floor(policy.maxActive) },
    }),
    200,
  );
  return { concertId, scheduleId };
}
