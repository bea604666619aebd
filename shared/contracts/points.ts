import { z } from 'zod';
import { defineEndpoint, id, listOf, moment, pageQuery, points } from './endpoint.ts';

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

export const chargePoint = defineEndpoint({
  name: 'chargePoint',
  method: 'POST',
  path: '/points/charges',
  summary: 'Put points on my balance',
  owner: 'core',
  guard: 'user',
  body: z.strictObject({ amount: z.int().min(1) }),
  status: 201,
  reply: z.object({ point: points, pointHistoryId: id }),
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
