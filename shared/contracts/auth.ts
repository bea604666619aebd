import { z } from 'zod';
import { defineEndpoint, id } from './endpoint.ts';

/**
 * Letters, digits and `. _ - + @`, so that a mail address fits. ASCII only: what looks the
 * same is the same. Compared without case.
 */
export const userName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+@-]{2,63}$/, 'must be 3 to 64 letters, digits or . _ - + @');

/** NIST SP 800-63B §3.1.1: length counts, composition rules do not. */
export const password = z
  .string()
  .min(8)
  .max(128)
  .refine((text) => text.isWellFormed(), 'must be text');

export const role = z.enum(['USER', 'ADMIN']);
export type Role = z.infer<typeof role>;

export const register = defineEndpoint({
  name: 'register',
  method: 'POST',
  path: '/auth/register',
  summary: 'Make an account',
  owner: 'core',
  guard: 'open',
  body: z.strictObject({ userName, password }),
  status: 201,
  reply: z.object({ userId: id, userName: z.string() }),
  problems: ['user-name-taken'],
});

export const login = defineEndpoint({
  name: 'login',
  method: 'POST',
  path: '/auth/login',
  summary: 'Get an access token',
  owner: 'core',
  guard: 'open',
  body: z.strictObject({
    userName: z.string().min(1).max(64),
    password: z.string().min(1).max(128),
  }),
  status: 200,
  reply: z.object({
    accessToken: z.string(),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().meta({ description: 'Seconds' }),
  }),
  problems: ['bad-credentials'],
});
