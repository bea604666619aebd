import { createHmac, type KeyObject, sign } from 'node:crypto';
import { jwsAlgorithmOf } from '../../shared/jws.ts';

/**
 * Signed tokens made by hand, so that a test can get every byte of one wrong. The library that
 * the product signs with would refuse to write most of these.
 */
export type Json = Record<string, unknown>;

export const segment = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A compact JWS over exactly these bytes; `alg` says how it is signed, whatever the header says. */
export function forge(options: {
  header: Json | string;
  payload: Json | string;
  alg: 'HS256' | 'ES256' | 'RS256' | 'none';
  key?: KeyObject;
}): string {
  const { header, payload, alg, key } = options;
  const signed = `${segment(header)}.${segment(payload)}`;
  if (alg === 'none') return `${signed}.`;
  if (!key) throw new Error('a key is needed');
  const signature =
    alg === 'HS256'
      ? createHmac('sha256', key).update(signed).digest()
      : sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

export const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

/** An access token as the core signs it. */
export function signAccessToken(options: {
  kid: string;
  key: KeyObject;
  userId: string;
  role?: 'USER' | 'ADMIN';
  claims?: Json;
}): string {
  const { kid, key, userId, role = 'USER', claims } = options;
  const alg = jwsAlgorithmOf(key);
  return forge({
    alg,
    key,
    header: { alg, typ: 'access+jwt', kid },
    payload: {
      iss: 'core-api',
      aud: 'concert-on-sale',
      sub: userId,
      role,
      name: `fan-${userId}`,
      iat: nowSeconds(),
      exp: nowSeconds() + 3_600,
      ...claims,
    },
  });
}
