import { z } from 'zod';
import { userName } from './auth.ts';
import { concertParams } from './concerts.ts';
import { defineEndpoint, id, moment } from './endpoint.ts';
import { cord, policyFields, roomControl } from './queue.ts';

/** Calls between the two services. Each carries a signed assertion; the edge never forwards them. */

export const inventory = z.object({
  concertId: id,
  total: z.int(),
  held: z.int().meta({ description: 'Held in time' }),
  sold: z.int(),
  sellable: z.int().meta({ description: 'Free now, on dates that are still on sale' }),
});
export type Inventory = z.infer<typeof inventory>;

export const getInventory = defineEndpoint({
  name: 'getInventory',
  method: 'GET',
  path: '/internal/concerts/{concertId}/inventory',
  summary: 'Seats of a concert by state',
  owner: 'core',
  guard: 'service',
  params: concertParams,
  status: 200,
  reply: inventory,
});

export const coreLoad = z.object({
  requests: z.int(),
  p95Ms: z.number(),
  errorShare: z.number(),
  poolWaitMs: z.number(),
  lockWaitMs: z.number(),
  eventLoopDelayMs: z.number(),
});
export type CoreLoad = z.infer<typeof coreLoad>;

export const findAccount = defineEndpoint({
  name: 'findAccount',
  method: 'GET',
  path: '/internal/accounts/{userName}',
  summary: 'The account of a name',
  owner: 'core',
  guard: 'service',
  params: z.object({ userName }),
  status: 200,
  reply: z.object({ userId: id, userName: z.string() }),
});

export const getLoad = defineEndpoint({
  name: 'getLoad',
  method: 'GET',
  path: '/internal/load',
  summary: 'How hard the core works, over the last seconds',
  owner: 'core',
  guard: 'service',
  status: 200,
  reply: coreLoad,
});

/** A room as the core knows it: the policy, the last cord, and whether the concert is offered. */
export const drawRecord = z.object({
  commitment: z.string(),
  /** What was closed, once and for all; all of it null before. The secret is told from then on. */
  registered: z.int().nullable(),
  base: z.int().nullable(),
  digest: z.string().nullable(),
  secret: z.string().nullable(),
});
export type DrawRecord = z.infer<typeof drawRecord>;

export const roomSetting = roomControl.extend({
  concertActive: z.boolean(),
  /** Of a room whose order is, or was, a draw. */
  draw: drawRecord.optional(),
});
export type RoomSetting = z.infer<typeof roomSetting>;

export const listRooms = defineEndpoint({
  name: 'listRooms',
  method: 'GET',
  path: '/internal/rooms',
  summary: 'Every room with its policy',
  owner: 'core',
  guard: 'service',
  status: 200,
  reply: z.object({ items: z.array(roomSetting) }),
});

export const getRoomSetting = defineEndpoint({
  name: 'getRoomSetting',
  method: 'GET',
  path: '/internal/rooms/{concertId}',
  summary: 'One room with its policy',
  owner: 'core',
  guard: 'service',
  params: concertParams,
  status: 200,
  reply: roomSetting,
});

export const changeRoom = defineEndpoint({
  name: 'changeRoom',
  method: 'PUT',
  path: '/internal/rooms/{concertId}',
  summary: 'Change policy or control of a room; audited with the account of the assertion',
  owner: 'core',
  guard: 'service',
  params: concertParams,
  body: z.strictObject({
    version: z.int().min(1).optional(),
    policy: policyFields.partial().optional(),
    cord: cord.optional(),
    revoke: z
      .strictObject({ queueId: id.nullable(), reason: z.string().max(200).nullable() })
      .optional()
      .meta({ description: 'Entries that are being revoked: changes no setting, is audited' }),
  }),
  status: 200,
  reply: roomSetting,
  problems: ['version-conflict', 'registration-open'],
});

export const sealDraw = defineEndpoint({
  name: 'sealDraw',
  method: 'PUT',
  path: '/internal/rooms/{concertId}/draw',
  summary:
    'Fix who takes part in a draw, once; the answer is what was fixed first, with the secret',
  owner: 'core',
  guard: 'service',
  params: concertParams,
  body: z.strictObject({
    registered: z.int().min(1),
    base: z.int().min(0),
    digest: z.string().regex(/^[0-9a-f]{40}$/),
  }),
  status: 200,
  reply: roomSetting,
  problems: ['registration-open'],
});

/**
 * What the core tells the gateway, from its outbox: at least once, in the order of `eventId`
 * within a concert. `entryId` is the entry whose active token made the call, where there was one.
 */
const eventBase = { eventId: id, concertId: id, occurredAt: moment };
const personal = { userId: id, entryId: z.string().nullable() };

export const coreEvent = z.discriminatedUnion('type', [
  /** `holdsLeft`: live holds of that account in that concert after the change. */
  z.object({
    ...eventBase,
    ...personal,
    type: z.literal('reservation.held'),
    reservationIds: z.array(id),
    holdUntil: moment,
  }),
  z.object({
    ...eventBase,
    ...personal,
    type: z.literal('reservation.cancelled'),
    reservationIds: z.array(id),
    holdsLeft: z.int(),
  }),
  z.object({
    ...eventBase,
    ...personal,
    type: z.literal('reservation.expired'),
    reservationIds: z.array(id),
    holdsLeft: z.int(),
  }),
  z.object({
    ...eventBase,
    ...personal,
    type: z.literal('payment.completed'),
    paymentIds: z.array(id),
    reservationIds: z.array(id),
    amount: z.int(),
    holdsLeft: z.int(),
  }),
  z.object({
    ...eventBase,
    ...personal,
    type: z.literal('payment.refunded'),
    paymentIds: z.array(id),
    reservationIds: z.array(id),
    amount: z.int(),
  }),
  z.object({ ...eventBase, type: z.literal('concert.sold-out') }),
  /** Its seats are not sold any more; what was paid comes back as `payment.refunded`. */
  z.object({ ...eventBase, type: z.literal('schedule.cancelled'), concertScheduleId: id }),
]);
export type CoreEvent = z.infer<typeof coreEvent>;

export const maxEventsPerCall = 200;

export const deliverEvents = defineEndpoint({
  name: 'deliverEvents',
  method: 'POST',
  path: '/internal/events',
  summary: 'Outbox events, delivered at least once, applied exactly once',
  owner: 'gateway',
  guard: 'service',
  bodyLimitBytes: 1024 * 1024,
  body: z.strictObject({ events: z.array(coreEvent).min(1).max(maxEventsPerCall) }),
  status: 204,
});
