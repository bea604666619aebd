import { z } from 'zod';
import { type Role, role } from '../../shared/contracts/auth.ts';
import { id } from '../../shared/contracts/endpoint.ts';
import type { KeySet } from '../../shared/keys.ts';
import { Problem } from '../../shared/problems.ts';
import {
  commonClaims,
  isEs256Of,
  isExpired,
  keyOf,
  lifeFault,
  openToken,
  type TokenPins,
} from './token-rules.ts';
import { createVerifiedCache } from './verified-cache.ts';

/** Who the caller is. The core signs it at log-in; the gateway has only the public keys. */
export const accessPins: TokenPins = {
  typ: 'access+jwt',
  algorithm: 'ES256',
  issuer: 'core-api',
  audience: 'concert-on-sale',
  maxLifeSeconds: 24 * 3_600,
};

export interface AccessClaims {
  readonly userId: string;
  readonly userName: string;
  readonly role: Role;
  readonly expiresAtMs: number;
}

export interface AccessTokens {
  /**
   * At once for a token that was right a moment ago.
   * @throws Problem `access-token-invalid`, expired ones included.
   */
  verify(token: string): AccessClaims | Promise<AccessClaims>;
}

const payloadSchema = z.object({
  ...commonClaims(accessPins),
  sub: id,
  role,
  name: z.string().min(1).max(64),
  // The core never writes it, so there is no time to compare with.
  nbf: z.undefined().optional(),
});

const invalid = (cause: unknown): Problem => new Problem('access-token-invalid', { cause });

async function verify(keys: KeySet, token: string, nowMs: number): Promise<AccessClaims> {
  const opened = openToken(token);
  const key = opened && keyOf(accessPins, keys.byKid, opened);
  if (!key) throw invalid(new Error('not an access token, or of an unknown key'));
  if (!(await isEs256Of(key, opened))) throw invalid(new Error('the signature is wrong'));
  const payload = payloadSchema.safeParse(opened.payload);
  if (!payload.success) throw invalid(payload.error);
  if (isExpired(payload.data, nowMs)) throw invalid(new Error('expired'));
  const fault = lifeFault(accessPins, payload.data, nowMs);
  if (fault) throw invalid(new Error(fault));
  const { sub, name, role: heldRole, exp } = payload.data;
  return { userId: sub, userName: name, role: heldRole, expiresAtMs: exp * 1_000 };
}

/** @param options.keys the core's P-256 public keys. */
export function createAccessTokens(options: { keys: KeySet; now: () => number }): AccessTokens {
  const { keys, now } = options;
  return {
    verify: createVerifiedCache<AccessClaims, Promise<AccessClaims>>({
      verify: (token) => verify(keys, token, now()),
      now,
      keysVersion: () => keys.version,
    }),
  };
}
