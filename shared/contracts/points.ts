import { z } from 'zod';
import { defineEndpoint, id, line, listOf, moment, pageQuery, points } from './endpoint.ts';

export const pointHistoryType = z.enum(['CHARGE', 'USE', 'REFUND']);

export const pointHistory = z.object({
  pointHistoryId: id,
  amount: z.int().meta({ description: 'Signed: positive in, negative out' }),
  pointAfterTransaction: points,
  type: pointHistoryType,
  createdAt: moment,
});
export type PointHistory = z.infer<typeof pointHistory>;

export const getPoint = defineEndpoint({
  name: 'getPoint',
  method: 'GET',
  path: '/points',
  summary: 'My balance in won',
  owner: 'core',
  guard: 'user',
  status: 200,
  reply: z.object({ point: points }),
});

export const chargeStatus = z.enum(['PENDING', 'CREDITED', 'FAILED', 'EXPIRED']);
export type ChargeStatus = z.infer<typeof chargeStatus>;

/** A charge that a payment provider confirms later. */
export const charge = z.object({
  chargeId: id,
  amount: points,
  status: chargeStatus,
  payUrl: z.string().nullable().meta({ description: 'Where to pay, as soon as it is known' }),
  expiresAt: moment,
  pointHistoryId: id.nullable(),
});
export type Charge = z.infer<typeof charge>;

export const chargePoint = defineEndpoint({
  name: 'chargePoint',
  method: 'POST',
  path: '/points/charges',
  summary: 'Put points on my balance: at once, or when the payment provider has confirmed',
  owner: 'core',
  guard: 'user',
  body: z.strictObject({ amount: z.int().min(1) }),
  status: 201,
  alsoStatus: 202,
  reply: z.union([z.object({ point: points, pointHistoryId: id }), charge]),
  idempotent: true,
  problems: ['point-limit-exceeded'],
});

export const listPointHistory = defineEndpoint({
  name: 'listPointHistory',
  method: 'GET',
  path: '/points/history',
  summary: 'My ledger, newest first',
  owner: 'core',
  guard: 'user',
  query: pageQuery,
  status: 200,
  reply: listOf(pointHistory),
});

export const getCharge = defineEndpoint({
  name: 'getCharge',
  method: 'GET',
  path: '/points/charges/{chargeId}',
  summary: 'What has become of a charge of mine',
  owner: 'core',
  guard: 'user',
  params: z.object({ chargeId: id }),
  status: 200,
  reply: charge,
});

export const paymentNotice = z.object({
  type: z.enum(['charge.succeeded', 'charge.failed']),
  chargeId: id,
  amount: z.int().min(1),
  reference: line(128).optional().meta({ description: 'The provider’s own name for it' }),
});
export type PaymentNotice = z.infer<typeof paymentNotice>;

const paymentNoticeReply = z.object({ chargeId: id, status: chargeStatus });
export type PaymentNoticeReply = z.infer<typeof paymentNoticeReply>;

export const noticePayment = defineEndpoint({
  name: 'noticePayment',
  method: 'POST',
  path: '/webhooks/payments',
  summary: 'The payment provider calls back, signed (`webhook-signature`); may be repeated',
  owner: 'core',
  guard: 'open',
  body: paymentNotice,
  status: 200,
  reply: paymentNoticeReply,
  problems: ['signature-invalid', 'not-found', 'charge-mismatch', 'charge-closed'],
});
