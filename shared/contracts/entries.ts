import { z } from 'zod';
import { userName } from './auth.ts';
import { defineEndpoint, id, moment } from './endpoint.ts';
import { endReason } from './queue.ts';

/** What an operator reads of one entry. */

/**
 * RETURNING: it was late and waits to be let in once more. PASSED: its turn is over and more is not
 * known any more: it bought, left, or never came.
 */
export const entryStory = z.object({
  queueId: id,
  status: z.enum(['WAITING', 'RETURNING', 'READY', 'ACTIVE', 'PASSED', 'ENDED']),
  position: z.int().meta({ description: 'Number minus front; 0 once the turn came' }),
  reason: endReason.nullable().meta({ description: 'Why it ended, where that is known' }),
  leaseUntil: moment.nullable().meta({ description: 'Until when its slot is its own' }),
});
export type EntryStory = z.infer<typeof entryStory>;

export const getEntry = defineEndpoint({
  name: 'getEntry',
  method: 'GET',
  path: '/admin/queue/{concertId}/entries/{queueId}',
  summary: 'Where an entry stands, by its number; 404 for a number that was not given',
  owner: 'gateway',
  guard: 'admin',
  params: z.object({ concertId: id, queueId: id }),
  status: 200,
  reply: entryStory,
});

export const getEntryOfAccount = defineEndpoint({
  name: 'getEntryOfAccount',
  method: 'GET',
  path: '/admin/queue/{concertId}/accounts/{userName}',
  summary: 'Where the live entry of an account stands; 404 without one that has a number',
  owner: 'gateway',
  guard: 'admin',
  params: z.object({ concertId: id, userName }),
  status: 200,
  reply: entryStory,
});
