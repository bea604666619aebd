import { z } from 'zod';
import { defineEndpoint, id, moment } from './endpoint.ts';

/** What a ticket is for. */
const place = {
  reservationId: id,
  seatId: id,
  seatNum: z.int(),
  block: z.string().nullable(),
  concertId: id,
  concertName: z.string(),
  concertScheduleId: id,
  concertDt: moment,
};

export const ticket = z.object({
  ...place,
  code: z.string().meta({
    description: 'Signed: a JWS (RFC 7515) that anybody verifies by `/.well-known/jwks.json`',
  }),
  checkedInAt: moment.nullable(),
});
export type Ticket = z.infer<typeof ticket>;

export const getTicket = defineEndpoint({
  name: 'getTicket',
  method: 'GET',
  path: '/reservations/{reservationId}/ticket',
  summary: 'The ticket of my paid seat; `format=svg` or `Accept: image/svg+xml` draws its QR code',
  owner: 'core',
  guard: 'user',
  params: z.object({ reservationId: id }),
  query: z.strictObject({ format: z.enum(['json', 'svg']).optional() }),
  status: 200,
  reply: ticket,
  alsoMediaType: 'image/svg+xml',
  problems: ['ticket-unavailable', 'schedule-cancelled'],
});

export const admission = z.object({
  ...place,
  userId: id,
  userName: z.string().meta({ description: 'The holder' }),
  checkedInAt: moment,
});
export type Admission = z.infer<typeof admission>;

export const checkIn = defineEndpoint({
  name: 'checkIn',
  method: 'POST',
  path: '/admin/check-in',
  summary: 'Let the holder of a ticket in, once; a second time says when the first was',
  owner: 'core',
  guard: 'admin',
  body: z.strictObject({
    code: z.string().min(1).max(1_024),
    concertId: id.optional().meta({ description: 'Of this door: others are refused' }),
    scheduleId: id.optional().meta({ description: 'Of this door: others are refused' }),
  }),
  status: 200,
  reply: admission,
  problems: [
    'ticket-invalid',
    'ticket-wrong-concert',
    'schedule-cancelled',
    'ticket-refunded',
    'already-checked-in',
  ],
});
