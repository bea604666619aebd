import { z } from 'zod';
import { concertParams, maxPrice, maxSeatsPerCall, scheduleParams } from './concerts.ts';
import { bulkBodyLimitBytes, defineEndpoint, id, line, moment, points } from './endpoint.ts';

/** What an owner does with many seats at once, and what they look at. */

const seatsPath = '/admin/concerts/{concertId}/schedules/{scheduleId}/seats';

export const importSeats = defineEndpoint({
  name: 'importSeats',
  method: 'POST',
  path: `${seatsPath}/csv`,
  summary: 'Add seats from a CSV file (RFC 4180): all or none; errors name the lines',
  owner: 'core',
  guard: 'admin',
  params: scheduleParams,
  bodyType: 'text/csv',
  bodyLimitBytes: bulkBodyLimitBytes,
  streamed: true,
  body: z
    .string()
    .min(1)
    .meta({
      description: `A heading with \`seatNum,price\` and maybe \`block\`, then up to ${maxSeatsPerCall} lines`,
      example: 'seatNum,price,block\n1,150000,VIP\n2,150000,VIP\n',
    }),
  status: 201,
  reply: z.object({ created: z.int() }),
  problems: ['seat-number-taken', 'schedule-cancelled'],
});

const blockPrice = z.strictObject({ block: line(32), price: points.max(maxPrice) });

export const changePrices = defineEndpoint({
  name: 'changePrices',
  method: 'POST',
  path: `${seatsPath}/prices`,
  summary: 'Set prices by block; seats that are held or sold keep theirs',
  owner: 'core',
  guard: 'admin',
  params: scheduleParams,
  body: z.strictObject({
    prices: z
      .array(blockPrice)
      .min(1)
      .max(500)
      .refine(
        (prices) => new Set(prices.map(({ block }) => block)).size === prices.length,
        'must not name a block twice',
      ),
  }),
  status: 200,
  reply: z.object({
    changed: z.int().meta({ description: 'Seats that have another price now' }),
    kept: z.int().meta({ description: 'Held or sold seats of these blocks' }),
  }),
  problems: ['schedule-cancelled'],
});

const houseSeats = z.union([
  z.strictObject({
    seatIds: z
      .array(id)
      .min(1)
      .max(1_000)
      .refine((ids) => new Set(ids).size === ids.length, 'must not name a seat twice'),
    house: z.boolean(),
  }),
  z.strictObject({ block: line(32), house: z.boolean() }),
]);

export const setHouseSeats = defineEndpoint({
  name: 'setHouseSeats',
  method: 'POST',
  path: `${seatsPath}/house`,
  summary: 'Keep seats for the house, or give them back to the sale: all or none',
  owner: 'core',
  guard: 'admin',
  params: scheduleParams,
  body: houseSeats,
  status: 200,
  reply: z.object({ changed: z.int() }),
  problems: ['seat-taken', 'schedule-cancelled'],
});

const counts = {
  total: z.int().meta({ description: 'Seats, also those of the house' }),
  sold: z.int(),
  held: z.int().meta({ description: 'Held in time' }),
  house: z.int().meta({ description: 'Not for sale' }),
  revenue: z.int().meta({ description: 'Paid and not refunded' }),
};

export const reportRow = z.object({
  concertScheduleId: id,
  concertDt: moment,
  block: z.string().nullable(),
  ...counts,
});
export type ReportRow = z.infer<typeof reportRow>;

export const getReport = defineEndpoint({
  name: 'getReport',
  method: 'GET',
  path: '/admin/concerts/{concertId}/report',
  summary: 'Sold, held and revenue by date and block',
  owner: 'core',
  guard: 'admin',
  params: concertParams,
  status: 200,
  reply: z.object({ concertId: id, items: z.array(reportRow), sum: z.object(counts) }),
});

export const getReportCsv = defineEndpoint({
  name: 'getReportCsv',
  method: 'GET',
  path: '/admin/concerts/{concertId}/report.csv',
  summary: 'The same as a CSV file',
  owner: 'core',
  guard: 'admin',
  params: concertParams,
  status: 200,
  reply: z.string(),
  mediaType: 'text/csv',
});
