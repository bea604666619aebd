import { z } from 'zod';
import { concertParams } from './concerts.ts';
import { defineEndpoint } from './endpoint.ts';
import { policyFields } from './queue.ts';

const share = z.number().min(0).max(1);
const { admitPerSecond, maxActive, claimSeconds, graceSeconds } = policyFields.shape;

/** A sale to try a policy with. */
export const saleTrial = z.strictObject({
  people: z.int().min(1).max(2_000_000),
  seats: z.int().min(1).max(1_000_000),
  admitPerSecond: admitPerSecond.min(0.01),
  maxActive: maxActive.min(1),
  claimSeconds: claimSeconds.optional().meta({ description: 'As the room has it' }),
  graceSeconds: graceSeconds.optional().meta({ description: 'As the room has it' }),
  visitSeconds: z.number().min(1).max(3_600).meta({ description: 'Time inside, on average' }),
  convert: share.meta({ description: 'Who buys, of those inside' }),
  seatsPerOrder: z.number().min(1).max(4),
  noShow: share.default(0.1).meta({ description: 'Who is not there when the turn comes' }),
  abandon: share.default(0.2).meta({ description: 'Who closes the page while waiting' }),
  arriveSeconds: z.int().min(1).max(86_400).default(300).meta({
    description: 'Within which everybody has come; most of them early',
  }),
});
export type SaleTrial = z.infer<typeof saleTrial>;

export const saleForecast = z.object({
  isWhole: z.boolean().meta({ description: 'False when it was stopped after its time' }),
  peopleEach: z.number().meta({
    description: 'People that one who was played stands for; counts are multiplied by it',
  }),
  lastedSeconds: z.int(),
  soldOutSeconds: z.int().nullable().meta({ description: 'Null when seats were left' }),
  sold: z.int(),
  peopleIn: z.int(),
  mostInside: z.int(),
  waitP50Seconds: z.int().nullable(),
  waitP90Seconds: z.int().nullable(),
  waitLongestSeconds: z.int().nullable(),
  notTakenShare: share.meta({ description: 'Turns that nobody took' }),
  waitingAtEnd: z.int(),
});
export type SaleForecast = z.infer<typeof saleForecast>;

export const simulateSale = defineEndpoint({
  name: 'simulateSale',
  method: 'POST',
  path: '/admin/queue/{concertId}/simulation',
  summary: 'Play a sale under a policy before it is in force: the Lua of the line, a driven clock',
  owner: 'gateway',
  guard: 'admin',
  params: concertParams,
  body: saleTrial,
  status: 200,
  reply: saleForecast,
  problems: ['too-many-requests'],
});
