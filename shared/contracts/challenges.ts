import { z } from 'zod';
import { concertParams } from './concerts.ts';
import { defineEndpoint, id, line, moment } from './endpoint.ts';

/** What a new place in the line costs, so that bots pay a toll; part of a room's policy. */
export const challengePolicy = {
  challenge: z.enum(['none', 'pow', 'captcha']),
  powDifficulty: z.int().min(8).max(24).meta({
    description: 'Zero bits of the proof of work: 2^n hashes on average (docs/challenges.md)',
  }),
};

/** What to do before joining. */
export const challengeOffer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({
    kind: z.literal('pow'),
    challenge: z.string().meta({ description: 'To be sent back with the solution, once' }),
    prefix: z.string().meta({
      description: 'SHA-256 of this and a decimal number must begin with `difficulty` zero bits',
    }),
    difficulty: z.int(),
    expiresAt: moment,
  }),
  z.object({
    kind: z.literal('captcha'),
    siteKey: z.string(),
    data: z.string().meta({ description: 'Customer data (`cdata`) for the widget' }),
  }),
]);
export type ChallengeOffer = z.infer<typeof challengeOffer>;

const ascii = (maxLength: number) =>
  z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .max(maxLength);

/** What was done before joining: one of three. */
export const challengeProof = z.union([
  z.strictObject({ challenge: ascii(256), solution: z.string().regex(/^\d{1,12}$/) }),
  z.strictObject({ captcha: ascii(2_048) }),
  z.strictObject({ bypassCode: ascii(64) }),
]);
export type ChallengeProof = z.infer<typeof challengeProof>;

export const getChallenge = defineEndpoint({
  name: 'getChallenge',
  method: 'GET',
  path: '/queue/{concertId}/challenge',
  summary: 'What joining this room asks of this account first; good once, for five minutes',
  owner: 'gateway',
  guard: 'user',
  params: concertParams,
  status: 200,
  reply: challengeOffer,
});

export const bypassCodesMax = 1_000;

export const createBypassCodes = defineEndpoint({
  name: 'createBypassCodes',
  method: 'POST',
  path: '/admin/queue/{concertId}/bypass-codes',
  summary: 'Codes that stand for the challenge, e.g. for the press; shown this once, audited',
  owner: 'core',
  guard: 'admin',
  params: concertParams,
  body: z.strictObject({
    count: z.int().min(1).max(bypassCodesMax),
    label: line(100),
    uses: z.int().min(1).max(1_000).default(1).meta({ description: 'Accounts for each code' }),
  }),
  status: 201,
  reply: z.object({ label: z.string(), uses: z.int(), codes: z.array(z.string()) }),
});

export const redeemBypassCode = defineEndpoint({
  name: 'redeemBypassCode',
  method: 'POST',
  path: '/internal/rooms/{concertId}/bypass',
  summary: 'Use up a bypass code for an account; the same account may repeat it',
  owner: 'core',
  guard: 'service',
  params: concertParams,
  body: z.strictObject({ userId: id, code: z.string().max(64) }),
  status: 200,
  reply: z.object({ accepted: z.boolean() }),
});
