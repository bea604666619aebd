import { z } from 'zod';
import {
  defineEndpoint,
  id,
  line,
  listOf,
  moment,
  pageQuery,
  points,
  queryFlag,
  queryInt,
} from './endpoint.ts';

export const rowStatus = z.enum(['ACTIVE', 'INACTIVE']);
export const seatStatus = z.enum(['AVAILABLE', 'HELD', 'SOLD']);
export type SeatStatus = z.infer<typeof seatStatus>;

export const concertParams = z.object({ concertId: id });
export const scheduleParams = z.object({ concertId: id, scheduleId: id });

/** SCHEDULED before `opensAt`, ON_SALE after it, SOLD_OUT with no seat free, CLOSED when past or withdrawn. */
export const saleState = z.enum(['SCHEDULED', 'ON_SALE', 'SOLD_OUT', 'CLOSED']);

export const concert = z.object({
  concertId: id,
  concertName: z.string(),
  status: rowStatus,
  seatsPerUser: z.int(),
  refundUntilHours: z.int(),
  opensAt: moment.nullable(),
  saleState,
  firstConcertDt: moment.nullable(),
  lastConcertDt: moment.nullable(),
});
export type Concert = z.infer<typeof concert>;

export const schedule = z.object({
  concertScheduleId: id,
  concertDt: moment,
  totalSeat: z.int(),
  seatsLeft: z.int(),
});
export type Schedule = z.infer<typeof schedule>;

export const seat = z.object({
  seatId: id,
  seatNum: z.int(),
  price: points,
  seatStatus,
});
export type Seat = z.infer<typeof seat>;

export const listConcerts = defineEndpoint({
  name: 'listConcerts',
  method: 'GET',
  path: '/concerts',
  summary: 'Concerts, oldest first',
  owner: 'core',
  guard: 'open',
  query: pageQuery,
  status: 200,
  conditional: true,
  reply: listOf(concert),
});

export const getConcert = defineEndpoint({
  name: 'getConcert',
  method: 'GET',
  path: '/concerts/{concertId}',
  summary: 'One concert with its on-sale state',
  owner: 'core',
  guard: 'open',
  params: concertParams,
  status: 200,
  conditional: true,
  reply: concert,
});

export const listSchedules = defineEndpoint({
  name: 'listSchedules',
  method: 'GET',
  path: '/concerts/{concertId}/schedules',
  summary: 'Dates of a concert with the seats left',
  owner: 'core',
  guard: 'active',
  params: concertParams,
  query: z.strictObject({ available: queryFlag.optional() }),
  status: 200,
  conditional: true,
  reply: listOf(schedule),
});

/** What is fixed about the seats, in the order of their numbers. */
export const seatLayout = z.object({
  layoutVersion: z.int(),
  tiers: z.array(z.object({ block: z.string().nullable(), price: points })),
  seats: z
    .array(z.tuple([id, z.int(), z.int()]))
    .meta({ description: 'seatId, seatNum, index of the tier' }),
});

const stateVersion = z.string().regex(/^[A-Za-z0-9_-]{16}$/, 'must be a version');
const stateFields = { version: stateVersion, layoutVersion: z.int() };

/** Who has which seat, as one character per seat in the order of the layout; half a second old. */
export const seatState = z.object({
  ...stateFields,
  seats: z.string().meta({ description: 'A available, H held, S sold' }),
});

/** The same as what changed since a version that was answered before. */
export const seatChanges = z.object({
  ...stateFields,
  since: stateVersion,
  changes: z
    .array(z.tuple([z.int(), z.enum(['A', 'H', 'S'])]))
    .meta({ description: 'Index in the layout, new character' }),
});

export const listSeats = defineEndpoint({
  name: 'listSeats',
  method: 'GET',
  path: '/concerts/{concertId}/schedules/{scheduleId}/seats',
  summary:
    'Every seat of a date, in one answer: as a list, or as a layout that lasts and a compact state',
  owner: 'core',
  guard: 'active',
  params: scheduleParams,
  query: z.strictObject({
    view: z.enum(['list', 'layout', 'state']).default('list'),
    layoutVersion: queryInt({ min: 1, max: 999_999_999 }).optional(),
    since: stateVersion.optional(),
  }),
  status: 200,
  conditional: true,
  reply: z.union([listOf(seat), seatLayout, seatChanges, seatState]),
});

// --- owners ---

const concertFields = {
  concertName: line(200),
  seatsPerUser: z.int().min(1).max(20),
  refundUntilHours: z
    .int()
    .min(0)
    .max(24 * 365),
  status: rowStatus,
};

export const createConcert = defineEndpoint({
  name: 'createConcert',
  method: 'POST',
  path: '/admin/concerts',
  summary: 'Add a concert',
  owner: 'core',
  guard: 'admin',
  body: z.strictObject({
    concertName: concertFields.concertName,
    seatsPerUser: concertFields.seatsPerUser.default(4),
    refundUntilHours: concertFields.refundUntilHours.default(24),
    status: concertFields.status.default('ACTIVE'),
  }),
  status: 201,
  reply: z.object({ concertId: id }),
});

export const changeConcert = defineEndpoint({
  name: 'changeConcert',
  method: 'PATCH',
  path: '/admin/concerts/{concertId}',
  summary: 'Change a concert',
  owner: 'core',
  guard: 'admin',
  params: concertParams,
  body: z.strictObject(concertFields).partial(),
  status: 200,
  reply: concert,
});

const scheduleFields = {
  concertDt: moment,
  totalSeat: z.int().min(1).max(200_000),
  status: rowStatus,
};

/** A date as its owner sees it. */
export const ownSchedule = schedule.extend({ status: rowStatus });
export type OwnSchedule = z.infer<typeof ownSchedule>;

export const listAllSchedules = defineEndpoint({
  name: 'listAllSchedules',
  method: 'GET',
  path: '/admin/concerts/{concertId}/schedules',
  summary: 'Every date of a concert, also withdrawn ones',
  owner: 'core',
  guard: 'admin',
  params: concertParams,
  status: 200,
  reply: listOf(ownSchedule),
});

export const createSchedule = defineEndpoint({
  name: 'createSchedule',
  method: 'POST',
  path: '/admin/concerts/{concertId}/schedules',
  summary: 'Add a date',
  owner: 'core',
  guard: 'admin',
  params: concertParams,
  body: z.strictObject({ concertDt: moment, totalSeat: scheduleFields.totalSeat }),
  status: 201,
  reply: z.object({ concertScheduleId: id }),
});

export const changeSchedule = defineEndpoint({
  name: 'changeSchedule',
  method: 'PATCH',
  path: '/admin/concerts/{concertId}/schedules/{scheduleId}',
  summary: 'Change a date',
  owner: 'core',
  guard: 'admin',
  params: scheduleParams,
  body: z.strictObject(scheduleFields).partial(),
  status: 200,
  reply: schedule,
  problems: ['schedule-cancelled'],
});

export const maxSeatsPerCall = 50_000;
export const maxPrice = 100_000_000;

export const createSeats = defineEndpoint({
  name: 'createSeats',
  method: 'POST',
  path: '/admin/concerts/{concertId}/schedules/{scheduleId}/seats',
  summary: 'Add seats: all or none; errors name the rows',
  owner: 'core',
  guard: 'admin',
  params: scheduleParams,
  bodyLimitBytes: 8 * 1024 * 1024,
  body: z.strictObject({
    seats: z
      .array(
        z.strictObject({
          seatNum: z.int().min(1).max(1_000_000),
          price: points.max(maxPrice),
          block: line(32).optional(),
        }),
      )
      .min(1)
      .max(maxSeatsPerCall),
  }),
  status: 201,
  reply: z.object({ created: z.int() }),
  problems: ['seat-number-taken', 'schedule-cancelled'],
});

export const changeSeat = defineEndpoint({
  name: 'changeSeat',
  method: 'PATCH',
  path: '/admin/concerts/{concertId}/schedules/{scheduleId}/seats/{seatId}',
  summary: 'Change the price of a seat that is not sold or held',
  owner: 'core',
  guard: 'admin',
  params: z.object({ concertId: id, scheduleId: id, seatId: id }),
  body: z.strictObject({ price: points.max(maxPrice) }),
  status: 200,
  reply: seat,
  problems: ['seat-taken', 'schedule-cancelled'],
});
