import { z } from 'zod';
import { type Role, role } from '../../shared/contracts/auth.ts';
import { id } from '../../shared/contracts/endpoint.ts';
import { isJwsOf, jwsAlgorithmOf } from '../../shared/jws.ts';
import type { KeySet } from '../../shared/keys.ts';
import { Problem } from '../../shared/problems.ts';
import {
  commonClaims,
  isExpired,
  keyOf,
  lifeFault,
  type OpenToken,
  openToken,
  type TokenPins,
} from './token-rules.ts';
import { createVerifiedCache } from './verified-cache.ts';

/**
 * Who the caller is. The core signs it at log-in; the gateway has only the public keys, and each of
 * them says by what algorithm it is checked.
 */
export const accessPins: TokenPins = {
  typ: 'access+jwt',
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
   * At once for a token that was right a moment ago, or whose key is RSA.
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

function readClaims({ payload }: OpenToken, nowMs: number): AccessClaims {
  const read = payloadSchema.safeParse(payload);
  if (!read.success) throw invalid(read.error);
  if (isExpired(read.data, nowMs)) throw invalid(new Error('expired'));
  const fault = lifeFault(accessPins, read.data, nowMs);
  if (fault) throw invalid(new Error(fault));
  const { sub, name, role: heldRole, exp } = read.data;
  return { userId: sub, userName: name, role: heldRole, expiresAtMs: exp * 1_000 };
}

function verify(keys: KeySet, token: string, nowMs: number): AccessClaims | Promise<AccessClaims> {
  const opened = openToken(token);
  const key = opened && keyOf(accessPins, keys.byKid, opened, jwsAlgorithmOf);
  if (!key) throw invalid(new Error('not an access token, or of an unknown key'));
  const claimsIf = (isRight: boolean): AccessClaims => {
    if (!isRight) throw invalid(new Error('the signature is wrong'));
    return readClaims(opened, nowMs);
  };
  const checked = isJwsOf(key, opened);
  return checked instanceof Promise ? checked.then(claimsIf) : claimsIf(checked);
}

/** @param options.keys the core's public keys. */
export function createAccessTokens(options: { keys: KeySet; now: () => number }): AccessTokens {
  const { keys, now } = options;
  const { verify: verifyCached } = createVerifiedCache<
    AccessClaims,
    AccessClaims | Promise<AccessClaims>
  >({ verify: (token) => verify(keys, token, now()), now, keysVersion: () => keys.version });
  return { verify: verifyCached };
}
