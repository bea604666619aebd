import { z } from 'zod';
import { challengePolicy, challengeProof } from './challenges.ts';
import { concertParams } from './concerts.ts';
import { defineEndpoint, id, line, listOf, moment, pageQuery, queryInt } from './endpoint.ts';

/**
 * What a room is doing, as the waiting see it. BEFORE_OPEN: nobody can join yet. PRE_QUEUE:
 * people join, nobody is admitted. SOLD_OUT_LIKELY: every seat is held or sold, holds may
 * still run out.
 */
export const phase = z.enum([
  'BEFORE_OPEN',
  'PRE_QUEUE',
  'OPEN',
  'PAUSED',
  'DRAINING',
  'CLOSED',
  'SOLD_OUT_LIKELY',
  'SOLD_OUT',
]);
export type Phase = z.infer<typeof phase>;

/** How often to ask again: clamp(minMs, wait × waitShare, maxMs) × (1 … 1 + jitter). */
export const pollPolicy = z.object({
  minMs: z.int(),
  maxMs: z.int(),
  waitShare: z.number(),
  jitter: z.number(),
});

/** What keeps more people from being let in at the moment; `none` when nobody waits. */
export const admissionLimit = z.enum(['none', 'closed', 'slots', 'rate', 'pressure', 'seats']);
export type AdmissionLimit = z.infer<typeof admissionLimit>;

/** The room document: the same bytes for everybody. */
export const room = z.object({
  concertId: id,
  phase,
  front: z.int(),
  tail: z.int(),
  waiting: z.int(),
  active: z.int().meta({ description: 'Slots in use: READY and ACTIVE' }),
  admittedPerMinute: z.int(),
  seatsLeft: z.int().nullable(),
  limit: admissionLimit.meta({ description: 'What binds admission now' }),
  opensAt: moment.nullable(),
  message: z.string().nullable(),
  claimSeconds: z.int().meta({ description: 'How long a turn that came waits to be taken' }),
  graceSeconds: z.int().meta({
    description: 'How long after that who was away may come back, once',
  }),
  poll: pollPolicy,
});
export type Room = z.infer<typeof room>;

export const entryStatus = z.enum(['REGISTERED', 'WAITING', 'READY', 'ACTIVE']);
export type EntryStatus = z.infer<typeof entryStatus>;

/** `sold-out`: let go because no seat is left; the place itself is still there should one come back. */
export const endReason = z.enum([
  'completed',
  'left',
  'idle',
  'expired',
  'missed',
  'revoked',
  'sold-out',
]);
export type EndReason = z.infer<typeof endReason>;

/**
 * paused: nobody is let in at the moment. pressure: the core is under load. slots: those inside take
 * their time. seats: few are left. slower: fewer come to their turn. more-ahead: people before this
 * one came back.
 */
export const etaReason = z.enum(['paused', 'pressure', 'slots', 'seats', 'slower', 'more-ahead']);
export type EtaReason = z.infer<typeof etaReason>;

/** REGISTERED is who has no number before the draw: `queueId`, `position` and `ahead` are null. */
export const entry = z.object({
  queueId: id.nullable(),
  registrationIndex: z.int().optional().meta({ description: 'Of who registered for a draw' }),
  status: entryStatus,
  position: z.int().nullable().meta({ description: 'Number minus front; 0 once the turn came' }),
  ahead: z.int().nullable().meta({ description: 'Living people before this one' }),
  etaSeconds: z.int().nullable().meta({
    description: 'Half of the waits like this one are shorter (p50); null while nobody can say',
  }),
  etaP90Seconds: z.int().nullable().meta({ description: 'Nine in ten waits are shorter' }),
  etaReason: etaReason.nullable().meta({
    description: 'Why it takes longer than was said before, or why nobody can say',
  }),
  seatChance: z.number().min(0).max(1).nullable().meta({
    description: 'That a seat is left at this turn; null until it was measured what people buy',
  }),
  canExtend: z.boolean().optional().meta({
    description: 'READY: the claim window has not been extended yet',
  }),
  expiresAt: moment.meta({
    description: 'End of the token; for READY the end of the claim window',
  }),
  pollAfterMs: z.int(),
});
export type Entry = z.infer<typeof entry>;

export const entryWithToken = entry.extend({
  token: z.string(),
  receipt: z.string().meta({
    description: 'What was given, signed for anybody to check: an SD-JWT (docs/draw.md)',
  }),
});
export type EntryWithToken = z.infer<typeof entryWithToken>;

export const getRoom = defineEndpoint({
  name: 'getRoom',
  method: 'GET',
  path: '/queue/{concertId}',
  summary: 'The state of the line, the same bytes for everybody',
  owner: 'gateway',
  guard: 'open',
  conditional: true,
  params: concertParams,
  status: 200,
  reply: room,
});

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

/**
 * A draw as anybody can check it (docs/draw.md). REGISTRATION: people register. CLOSED: who takes
 * part is fixed. DRAWN: the secret is public, and with it every number.
 */
export const draw = z.object({
  concertId: id,
  algorithm: z.literal('draw-v1'),
  state: z.enum(['REGISTRATION', 'CLOSED', 'DRAWN']),
  opensAt: moment.nullable(),
  commitment: hex(64).meta({ description: 'SHA-256 of the secret, from before registration' }),
  registered: z.int().meta({ description: 'Registration indexes given so far' }),
  base: z.int().nullable().meta({ description: 'Last number before the drawn ones; from CLOSED' }),
  digest: hex(40).nullable().meta({ description: 'Chain over all receipts; from CLOSED' }),
  secret: hex(64).nullable().meta({ description: 'From DRAWN' }),
});
export type Draw = z.infer<typeof draw>;

export const getDraw = defineEndpoint({
  name: 'getDraw',
  method: 'GET',
  path: '/queue/{concertId}/draw',
  summary: 'What anybody needs to check the draw of a room; 404 for a room without one',
  owner: 'gateway',
  guard: 'open',
  conditional: true,
  params: concertParams,
  status: 200,
  reply: draw,
});

export const drawLeavesMax = 2_000;

export const listDrawLeaves = defineEndpoint({
  name: 'listDrawLeaves',
  method: 'GET',
  path: '/queue/{concertId}/draw/leaves',
  summary: 'The leaf of each registration receipt by index; `cursor` is the index before the first',
  owner: 'gateway',
  guard: 'open',
  params: concertParams,
  query: z.strictObject({
    limit: queryInt({ min: 1, max: drawLeavesMax }).default(drawLeavesMax),
    cursor: id.optional(),
  }),
  status: 200,
  reply: listOf(z.object({ registrationIndex: z.int(), leaf: hex(40).nullable() })),
});

export const watchRoom = defineEndpoint({
  name: 'watchRoom',
  method: 'GET',
  path: '/queue/{concertId}/events',
  summary: 'Server-sent events: the room document on change',
  owner: 'gateway',
  guard: 'open',
  params: concertParams,
  status: 200,
  reply: z.string(),
  mediaType: 'text/event-stream',
  // Of a waiting token that comes along: the stream is its sign of life.
  problems: ['queue-token-invalid', 'queue-token-wrong-room', 'queue-token-ended'],
});

export const joinQueue = defineEndpoint({
  name: 'joinQueue',
  method: 'POST',
  path: '/queue/{concertId}/tokens',
  summary: 'Join the line; 200 with the same place when the account is in it already',
  owner: 'gateway',
  guard: 'user',
  params: concertParams,
  // Unknown members are passed over: for long this call had no body at all.
  body: z.object({ challenge: challengeProof.optional() }).optional(),
  status: 201,
  alsoStatus: 200,
  reply: entryWithToken,
  problems: ['room-closed', 'room-full', 'challenge-required', 'challenge-failed'],
});

export const getMyEntry = defineEndpoint({
  name: 'getMyEntry',
  method: 'GET',
  path: '/queue/{concertId}/tokens/me',
  summary: 'My place; counts as a sign of life',
  owner: 'gateway',
  guard: 'queue',
  params: concertParams,
  status: 200,
  reply: entry,
  problems: ['too-many-requests'],
});

export const extendTurn = defineEndpoint({
  name: 'extendTurn',
  method: 'POST',
  path: '/queue/{concertId}/tokens/me/extend',
  summary: 'More time to take the turn, as much as the claim window has, once. Repeatable',
  owner: 'gateway',
  guard: 'queue',
  params: concertParams,
  status: 200,
  reply: entry,
  problems: ['not-your-turn'],
});

export const activateEntry = defineEndpoint({
  name: 'activateEntry',
  method: 'POST',
  path: '/queue/{concertId}/tokens/me/activate',
  summary: 'Take the turn: an active token. Repeatable, the same token',
  owner: 'gateway',
  guard: 'queue',
  params: concertParams,
  status: 200,
  reply: z.object({ token: z.string(), status: z.literal('ACTIVE'), expiresAt: moment }),
  problems: ['not-your-turn', 'turn-missed'],
});

export const leaveQueue = defineEndpoint({
  name: 'leaveQueue',
  method: 'DELETE',
  path: '/queue/{concertId}/tokens/me',
  summary: 'Give the place or the slot back',
  owner: 'gateway',
  guard: 'queue',
  params: concertParams,
  status: 204,
});

// --- the operator's hand ---

/** Policy of a room; kept in MySQL by the core, so that it survives the loss of Redis. */
export const policyFields = z.strictObject({
  maxActive: z.int().min(0).max(1_000_000),
  admitPerSecond: z.number().min(0).max(10_000),
  claimSeconds: z.int().min(5).max(3_600),
  activeSeconds: z.int().min(10).max(86_400),
  idleSeconds: z.int().min(5).max(86_400),
  graceSeconds: z.int().min(0).max(86_400),
  maxWaiting: z.int().min(0).max(10_000_000),
  opensAt: moment.nullable(),
  preQueueOpensAt: moment.nullable(),
  order: z.enum(['fifo', 'draw']),
  message: line(500).nullable(),
  recordPublic: z.boolean().meta({ description: 'Whether anybody may read the record' }),
  ...challengePolicy,
});
export type PolicyFields = z.infer<typeof policyFields>;

export const policy = policyFields.extend({ version: z.int().min(1) });
export type Policy = z.infer<typeof policy>;

/** The cord that was pulled last. OPEN also means: follow `opensAt`. */
export const control = z.enum(['OPEN', 'PAUSED', 'DRAINING', 'CLOSED']);
export type Control = z.infer<typeof control>;

export const roomControl = policy.extend({ concertId: id, control });
export type RoomControl = z.infer<typeof roomControl>;

export const getPolicy = defineEndpoint({
  name: 'getPolicy',
  method: 'GET',
  path: '/admin/queue/{concertId}',
  summary: 'Policy and control of a room',
  owner: 'gateway',
  guard: 'admin',
  params: concertParams,
  status: 200,
  reply: roomControl.extend({ room }),
});

export const putPolicy = defineEndpoint({
  name: 'putPolicy',
  method: 'PUT',
  path: '/admin/queue/{concertId}',
  summary: 'Change the policy; `version` is the one it was read at, fields left out stay',
  owner: 'gateway',
  guard: 'admin',
  params: concertParams,
  body: policyFields.partial().extend({
    version: z.int().min(1).optional(),
    force: z.boolean().optional().meta({
      description: 'Take a rate above what the core was measured to stand',
    }),
  }),
  status: 200,
  reply: roomControl,
  problems: ['version-conflict', 'registration-open'],
});

export const cord = z.enum(['open', 'pause', 'resume', 'drain', 'close']);
export type Cord = z.infer<typeof cord>;

export const pullCord = defineEndpoint({
  name: 'pullCord',
  method: 'POST',
  path: '/admin/queue/{concertId}/{cord}',
  summary: 'Open, pause, resume, drain or close a room',
  owner: 'gateway',
  guard: 'admin',
  params: z.object({ concertId: id, cord }),
  status: 200,
  reply: roomControl,
});

/** Ends one entry, or all of a room: every token given so far stops working. */
export const revokeEntries = defineEndpoint({
  name: 'revokeEntries',
  method: 'POST',
  path: '/admin/queue/{concertId}/revoke',
  summary: 'Take back one entry, or every entry of the room when no queueId is given; audited',
  owner: 'gateway',
  guard: 'admin',
  params: concertParams,
  body: z.strictObject({ queueId: id.optional(), reason: line(200).optional() }),
  status: 200,
  reply: z.object({ revoked: z.int().meta({ description: 'Entries that ended by it' }) }),
});

export const roomAudit = z.object({
  auditId: id,
  at: moment,
  userId: id.nullable(),
  action: z.string().meta({ description: 'policy, revoke, or the cord' }),
  before: z.record(z.string(), z.unknown()),
  after: z.record(z.string(), z.unknown()),
});
export type RoomAudit = z.infer<typeof roomAudit>;

export const listRoomAudit = defineEndpoint({
  name: 'listRoomAudit',
  method: 'GET',
  path: '/admin/queue/{concertId}/audit',
  summary: 'Who changed a room, when, from what to what; newest first',
  owner: 'core',
  guard: 'admin',
  params: concertParams,
  query: pageQuery,
  status: 200,
  reply: listOf(roomAudit),
});
