import { z } from 'zod';
import { scheduleParams } from './concerts.ts';
import { defineEndpoint, id, moment } from './endpoint.ts';

const path = '/admin/concerts/{concertId}/schedules/{scheduleId}/cancel';

export const cancellation = z.object({
  concertId: id,
  concertScheduleId: id,
  state: z.enum(['RUNNING', 'DONE']),
  requestedAt: moment,
  finishedAt: moment.nullable(),
  released: z.int().meta({ description: 'Holds that were let go' }),
  refunded: z.int().meta({ description: 'Payments that were given back' }),
  refundedPoints: z.int(),
  left: z.int().meta({ description: 'Seats that still belong to somebody' }),
});
export type Cancellation = z.infer<typeof cancellation>;

export const cancelSchedule = defineEndpoint({
  name: 'cancelSchedule',
  method: 'POST',
  path,
  summary: 'Call a date off: nothing is held or paid from now on, and everybody gets points back',
  owner: 'core',
  guard: 'admin',
  params: scheduleParams,
  status: 202,
  alsoStatus: 200,
  reply: cancellation,
});

export const getCancellation = defineEndpoint({
  name: 'getCancellation',
  method: 'GET',
  path,
  summary: 'How far giving everything back has come',
  owner: 'core',
  guard: 'admin',
  params: scheduleParams,
  status: 200,
  reply: cancellation,
});
