import { z } from 'zod';
import { defineEndpoint, id, listOf, moment, pageQuery } from './endpoint.ts';
import type { CoreEvent } from './internal.ts';

/** Every event there is: a new one is a fault here until it is named. */
const events = {
  'reservation.held': true,
  'reservation.cancelled': true,
  'reservation.expired': true,
  'payment.completed': true,
  'payment.refunded': true,
  'concert.sold-out': true,
  'schedule.cancelled': true,
} satisfies Record<CoreEvent['type'], true>;

export const eventType = z.enum(Object.keys(events) as [CoreEvent['type'], ...CoreEvent['type'][]]);
const eventTypes = z
  .array(eventType)
  .min(1)
  .refine((types) => new Set(types).size === types.length, 'must not name an event twice');

const webhookUrl = z
  .string()
  .max(2_000)
  .refine(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    'must be an http or https URL',
  )
  .meta({ example: 'https://hooks.example/tickets' });
const webhookStatus = z.enum(['ACTIVE', 'DISABLED']);

export const webhook = z.object({
  webhookId: id,
  url: z.string(),
  events: z.array(eventType),
  status: webhookStatus,
  disabledReason: z.string().nullable(),
  failingSince: moment.nullable().meta({ description: 'Since when nothing could be delivered' }),
  pending: z.int().meta({ description: 'Deliveries that wait' }),
  createdAt: moment,
});
export type Webhook = z.infer<typeof webhook>;

export const delivery = z.object({
  deliveryId: id,
  eventId: id,
  eventType,
  state: z.enum(['PENDING', 'DELIVERED', 'FAILED']),
  attempts: z.int(),
  lastStatus: z.int().nullable(),
  lastError: z.string().nullable(),
  lastTriedAt: moment.nullable(),
  createdAt: moment,
});
export type Delivery = z.infer<typeof delivery>;

const path = '/admin/webhooks';
const one = { owner: 'core', guard: 'admin', params: z.object({ webhookId: id }) } as const;

export const createWebhook = defineEndpoint({
  name: 'createWebhook',
  method: 'POST',
  path,
  summary: 'Send events to a URL from now on, signed; the secret is shown once, here',
  owner: 'core',
  guard: 'admin',
  body: z.strictObject({ url: webhookUrl, events: eventTypes }),
  status: 201,
  reply: webhook.extend({ secret: z.string() }),
});

export const listWebhooks = defineEndpoint({
  name: 'listWebhooks',
  method: 'GET',
  path,
  summary: 'Who is told of events, newest first',
  owner: 'core',
  guard: 'admin',
  query: pageQuery,
  status: 200,
  reply: listOf(webhook),
});

export const getWebhook = defineEndpoint({
  ...one,
  name: 'getWebhook',
  method: 'GET',
  path: `${path}/{webhookId}`,
  summary: 'One of them',
  status: 200,
  reply: webhook,
});

export const changeWebhook = defineEndpoint({
  ...one,
  name: 'changeWebhook',
  method: 'PATCH',
  path: `${path}/{webhookId}`,
  summary: 'Change where, what, or whether; what waited while it was disabled is sent then',
  body: z.strictObject({ url: webhookUrl, events: eventTypes, status: webhookStatus }).partial(),
  status: 200,
  reply: webhook,
});

export const deleteWebhook = defineEndpoint({
  ...one,
  name: 'deleteWebhook',
  method: 'DELETE',
  path: `${path}/{webhookId}`,
  summary: 'Tell it nothing any more, and forget its deliveries',
  status: 204,
});

export const listDeliveries = defineEndpoint({
  ...one,
  name: 'listDeliveries',
  method: 'GET',
  path: `${path}/{webhookId}/deliveries`,
  summary: 'What it was told and what became of it, newest first',
  query: pageQuery,
  status: 200,
  reply: listOf(delivery),
});

export const redeliver = defineEndpoint({
  name: 'redeliver',
  method: 'POST',
  path: `${path}/{webhookId}/deliveries/{deliveryId}/redeliver`,
  summary: 'Send an event once more, behind what waits already, under the same `webhook-id`',
  owner: 'core',
  guard: 'admin',
  params: z.object({ webhookId: id, deliveryId: id }),
  status: 201,
  reply: delivery,
});
