import jwt from 'jsonwebtoken';
import type { Role } from '../../shared/contracts/auth.ts';
import type { KeySet } from '../../shared/keys.ts';

export interface AccessTokenUser {
  userId: string;
  userName: string;
  role: Role;
}

/** Signs an access token for an account. */
export type SignAccessToken = (user: AccessTokenUser) => string;

export const accessTokenSeconds = 3_600;

/**
 * ES256 (RFC 7518 §3.4), type `access+jwt` so that no other kind of token passes for it
 * (RFC 8725 §3.11). The gateway verifies with the public half.
 */
export function createAccessTokenSigner(keys: KeySet): SignAccessToken {
  return ({ userId, userName, role }) => {
    const { kid, key } = keys.signing; // Asked each time: keys change while we run.
    return jwt.sign({ role, name: userName }, key, {
      algorithm: 'ES256',
      header: { alg: 'ES256', typ: 'access+jwt', kid },
      issuer: 'core-api',
      audience: 'concert-on-sale',
      subject: userId,
      expiresIn: accessTokenSeconds,
    });
  };
}
