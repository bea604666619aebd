import type { Role } from '../../shared/contracts/auth.ts';
import { jwsAlgorithmOf, signJws } from '../../shared/jws.ts';
import type { KeySet } from '../../shared/keys.ts';

export interface AccessTokenUser {
  userId: string;
  userName: string;
  role: Role;
}

/** Signs an access token for an account. */
export type SignAccessToken = (user: AccessTokenUser) => Promise<string>;

export const accessTokenSeconds = 3_600;

const segmentOf = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * RS256 (RFC 7518 §3.3), or ES256 where the key is still one for it; type `access+jwt` so that no
 * other kind of token passes for it (RFC 8725 §3.11). The gateway verifies with the public half,
 * which is what happens most by far, and what RSA is quickest at.
 */
export function createAccessTokenSigner(keys: KeySet): SignAccessToken {
  return async ({ userId, userName, role }) => {
    const { kid, key } = keys.signing; // Asked each time: keys change while we run.
    const iat = Math.floor(Date.now() / 1_000);
    const claims = { role, name: userName, iat, exp: iat + accessTokenSeconds };
    const payload = { ...claims, aud: 'concert-on-sale', iss: 'core-api', sub: userId };
    const head = segmentOf({ alg: jwsAlgorithmOf(key), typ: 'access+jwt', kid });
    const signed = `${head}.${segmentOf(payload)}`;
    return `${signed}.${await signJws(key, signed)}`;
  };
}
