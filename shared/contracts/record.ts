import { z } from 'zod';
import { concertParams } from './concerts.ts';
import { defineEndpoint, moment } from './endpoint.ts';
import { admissionLimit } from './queue.ts';

/** What became of a sale, of all people together (docs/record.md). */

const count = z.int().nonnegative();

/** What can be added up over minutes. */
export const recordCounts = {
  arrived: count.meta({ description: 'Places given, and registrations for a draw' }),
  admitted: count.meta({ description: 'Turns given' }),
  returned: count.meta({ description: 'Of these, second turns of people who were late' }),
  activated: count.meta({ description: 'Turns taken' }),
  passed: count.meta({ description: 'Who had left or fallen silent when the turn came' }),
  completed: count.meta({ description: 'Bought, and was done' }),
  left: count.meta({ description: 'Left by themselves, from inside' }),
  idle: count,
  expired: count,
  missed: count.meta({ description: 'Turns that nobody took' }),
  revoked: count,
};
export const recordNames = Object.keys(recordCounts) as (keyof typeof recordCounts)[];

/** Widest bucket of waits: 2^(90/4) seconds are 68 days. */
const bucketMax = 90;

/** A minute of a room in which something happened; `waits` are people by bucket of their wait. */
export const recordMinute = z.strictObject({
  at: moment.meta({ description: 'Its start' }),
  limit: admissionLimit.meta({ description: 'What bound admission longest' }),
  waiting: count.meta({ description: 'At its end' }),
  inside: count.meta({ description: 'At its end' }),
  ...recordCounts,
  waits: z
    .array(z.tuple([z.int().min(0).max(bucketMax), z.int().positive()]))
    .max(bucketMax + 1)
    .meta({ description: 'Bucket and people; bucket b is of waits up to 2^(b/4) seconds' }),
});
export type RecordMinute = z.infer<typeof recordMinute>;

export const recordMinutesMax = 200;

export const saveMinutes = defineEndpoint({
  name: 'saveMinutes',
  method: 'PUT',
  path: '/internal/rooms/{concertId}/minutes',
  summary: 'Keep minutes of a room; one that is there already is written over',
  owner: 'core',
  guard: 'service',
  params: concertParams,
  bodyLimitBytes: 512 * 1024,
  body: z.strictObject({ items: z.array(recordMinute).min(1).max(recordMinutesMax) }),
  status: 204,
});

const soldMinute = z.object({ at: moment, seats: z.int() });

export const getMinutes = defineEndpoint({
  name: 'getMinutes',
  method: 'GET',
  path: '/internal/rooms/{concertId}/minutes',
  summary: 'The minutes of a room that were kept, and the seats sold in each, oldest first',
  owner: 'core',
  guard: 'service',
  params: concertParams,
  status: 200,
  reply: z.object({
    items: z.array(recordMinute),
    sold: z.array(soldMinute).meta({ description: 'Paid then, and not refunded since' }),
  }),
});
export type KeptMinutes = z.infer<typeof getMinutes.reply>;

const waits = z.object({
  counted: count.meta({ description: 'People let in whose wait is known' }),
  p50Seconds: count.nullable().meta({ description: 'Half of them waited no longer' }),
  p90Seconds: count.nullable().meta({ description: 'Nine in ten waited no longer' }),
});
export type Waits = z.infer<typeof waits>;

const sums = { ...recordCounts, sold: count.meta({ description: 'Seats paid and not refunded' }) };

export const recordStep = z.object({
  at: moment.meta({ description: 'Its start' }),
  limit: admissionLimit,
  waiting: count.meta({ description: 'At its end' }),
  inside: count.meta({ description: 'At its end' }),
  ...sums,
  waits,
});
export type RecordStep = z.infer<typeof recordStep>;

export const saleRecord = z.object({
  concertId: z.string(),
  isPublic: z.boolean(),
  from: moment.nullable().meta({ description: 'Start of the first step; null before anything' }),
  until: moment.nullable().meta({ description: 'End of the last step' }),
  stepSeconds: z.int(),
  sum: z.object(sums),
  waits,
  steps: z.array(recordStep).meta({ description: 'Without gaps, oldest first, 240 at most' }),
});
export type SaleRecord = z.infer<typeof saleRecord>;

export const getSaleRecord = defineEndpoint({
  name: 'getSaleRecord',
  method: 'GET',
  path: '/queue/{concertId}/record',
  summary: 'What became of a sale, of all people together; 404 unless its operator shows it',
  owner: 'gateway',
  guard: 'open',
  conditional: true,
  params: concertParams,
  status: 200,
  reply: saleRecord,
});

export const getOwnRecord = defineEndpoint({
  name: 'getOwnRecord',
  method: 'GET',
  path: '/admin/queue/{concertId}/record',
  summary: 'The same for the operator, shown or not; `recent` is of the last ten minutes',
  owner: 'gateway',
  guard: 'admin',
  params: concertParams,
  status: 200,
  reply: saleRecord.extend({
    recent: z.object({
      waits,
      visitSeconds: z.number().nullable().meta({
        description: 'Average time of a turn inside, by Little’s law from who came and was inside',
      }),
      habits: z
        .object({ noShow: z.number(), conversion: z.number(), seatsPerOrder: z.number() })
        .nullable()
        .meta({ description: 'What people did in the last visits; null before 20 of them' }),
    }),
  }),
});
export type OwnRecord = z.infer<typeof getOwnRecord.reply>;
