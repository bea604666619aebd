import { z } from 'zod';
import { concertParams } from './concerts.ts';
import { defineEndpoint, id, listOf, moment, pageQuery, points } from './endpoint.ts';

export const paymentStatus = z.enum(['COMPLETED', 'REFUNDED']);

export const payment = z.object({
  paymentId: id,
  reservationId: id,
  seatId: id,
  amount: points,
  paymentStatus,
  paymentDt: moment,
});
export type Payment = z.infer<typeof payment>;

export const createPayments = defineEndpoint({
  name: 'createPayments',
  method: 'POST',
  path: '/concerts/{concertId}/payments',
  summary: 'Pay held seats with points; all or none. The price is the seat’s',
  owner: 'core',
  guard: 'active+user',
  params: concertParams,
  body: z.strictObject({
    reservationIds: z
      .array(id)
      .min(1)
      .max(100)
      .refine((ids) => new Set(ids).size === ids.length, 'must not name a reservation twice'),
  }),
  status: 201,
  reply: z.object({ payments: z.array(payment), point: points }),
  idempotent: true,
  problems: ['insufficient-points', 'hold-expired', 'already-paid'],
});

export const refundPayment = defineEndpoint({
  name: 'refundPayment',
  method: 'POST',
  path: '/payments/{paymentId}/refund',
  summary: 'Give the seat back and get the points back',
  owner: 'core',
  guard: 'user',
  params: z.object({ paymentId: id }),
  status: 201,
  reply: z.object({ payment, point: points }),
  idempotent: true,
  problems: ['already-refunded', 'already-checked-in', 'refund-closed'],
});

export const listPayments = defineEndpoint({
  name: 'listPayments',
  method: 'GET',
  path: '/payments',
  summary: 'My payments, newest first',
  owner: 'core',
  guard: 'user',
  query: pageQuery,
  status: 200,
  reply: listOf(payment),
});
