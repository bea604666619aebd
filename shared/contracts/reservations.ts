import { z } from 'zod';
import { concertParams } from './concerts.ts';
import { defineEndpoint, id, listOf, moment, pageQuery, points } from './endpoint.ts';

export const reservationStatus = z.enum(['HELD', 'CONFIRMED', 'EXPIRED', 'CANCELLED']);

export const hold = z.object({
  reservationId: id,
  seatId: id,
  seatNum: z.int(),
  price: points,
  reservationStatus,
  reservationExpireDt: moment,
});
export type Hold = z.infer<typeof hold>;

export const reservation = hold.extend({
  block: z.string().nullable(),
  concertId: id,
  concertName: z.string(),
  concertScheduleId: id,
  concertDt: moment,
  reservationDt: moment,
});
export type Reservation = z.infer<typeof reservation>;

/** More ids than any account may ever hold are a mistake of the caller, not a limit reached. */
const seatIds = z
  .array(id)
  .min(1)
  .max(100)
  .refine((ids) => new Set(ids).size === ids.length, 'must not name a seat twice');

export const createReservations = defineEndpoint({
  name: 'createReservations',
  method: 'POST',
  path: '/concerts/{concertId}/reservations',
  summary: 'Hold seats by id, or a number of seats side by side where possible; all or none',
  owner: 'core',
  guard: 'active+user',
  params: concertParams,
  body: z.union([
    z.strictObject({ scheduleId: id, seatIds }),
    z.strictObject({
      scheduleId: id,
      quantity: z.int().min(1).max(100),
      maxPrice: points.meta({ description: 'Of each seat' }).optional(),
    }),
  ]),
  status: 201,
  reply: z.object({ reservations: z.array(hold) }),
  idempotent: true,
  problems: ['seat-taken', 'seat-limit-exceeded', 'schedule-closed'],
});

export const extendReservation = defineEndpoint({
  name: 'extendReservation',
  method: 'POST',
  path: '/concerts/{concertId}/reservations/{reservationId}/extend',
  summary: 'Begin the time of a hold anew, once',
  owner: 'core',
  guard: 'active+user',
  params: z.object({ concertId: id, reservationId: id }),
  status: 201,
  reply: z.object({ reservation: hold }),
  idempotent: true,
  problems: ['already-paid', 'hold-expired', 'hold-extended'],
});

export const cancelReservation = defineEndpoint({
  name: 'cancelReservation',
  method: 'DELETE',
  path: '/concerts/{concertId}/reservations/{reservationId}',
  summary: 'Give a held seat back',
  owner: 'core',
  guard: 'active+user',
  params: z.object({ concertId: id, reservationId: id }),
  status: 204,
  problems: ['already-paid', 'hold-expired'],
});

export const listReservations = defineEndpoint({
  name: 'listReservations',
  method: 'GET',
  path: '/reservations',
  summary: 'My reservations, newest first',
  owner: 'core',
  guard: 'user',
  query: pageQuery,
  status: 200,
  reply: listOf(reservation),
});
