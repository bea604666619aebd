import { z } from 'zod';
import { defineEndpoint, id, listOf, moment, pageQuery } from './endpoint.ts';
import { eventType } from './webhooks.ts';

/** An event that the gateway could not read, again and again. */
export const parkedEvent = z.object({
  eventId: id,
  concertId: id,
  eventType,
  attempts: z.int(),
  occurredAt: moment,
  parkedAt: moment,
});
export type ParkedEvent = z.infer<typeof parkedEvent>;

export const listParkedEvents = defineEndpoint({
  name: 'listParkedEvents',
  method: 'GET',
  path: '/admin/events/parked',
  summary: 'Events the line was not told of because it refused them again and again, newest first',
  owner: 'core',
  guard: 'admin',
  query: pageQuery,
  status: 200,
  reply: listOf(parkedEvent),
});

export const retryEvent = defineEndpoint({
  name: 'retryEvent',
  method: 'POST',
  path: '/admin/events/{eventId}/retry',
  summary:
    'Deliver a parked event after all, behind those of its concert that were delivered since',
  owner: 'core',
  guard: 'admin',
  params: z.object({ eventId: id }),
  status: 202,
  reply: z.object({ eventId: id }),
});
