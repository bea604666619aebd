import { type KeyObject, sign, verify } from 'node:crypto';

/**
 * Signatures of compact JWS (RFC 7515 §3.1) by keys of two kinds. Which algorithm a key is for is
 * the key's own matter (RFC 8725 §3.1): what a header says can only agree.
 */
export type JwsAlgorithm = 'ES256' | 'RS256';

/** RFC 7518 §3.3. */
const minRsaBits = 2_048;
/** More of them make every check dearer than it has to be. */
const maxRsaBits = 4_096;

/** @throws Error for a key that is neither P-256 nor RSA of a length that is taken. */
export function jwsAlgorithmOf({
  asymmetricKeyType,
  asymmetricKeyDetails,
}: KeyObject): JwsAlgorithm {
  if (asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (asymmetricKeyType === 'rsa' && bits >= minRsaBits && bits <= maxRsaBits) return 'RS256';
  throw new Error('neither a P-256 nor an RSA key of 2048 to 4096 bits');
}

/** RFC 7518 §3.4: R and S side by side. An RSA key has no other form. */
const withForm = (key: KeyObject) => ({ key, dsaEncoding: 'ieee-p1363' as const });

/** In a thread of node's pool, so that many at once take all cores; base64url. */
export const signJws = (key: KeyObject, signed: string): Promise<string> =>
  new Promise((resolve, reject) => {
    sign('sha256', Buffer.from(signed), withForm(key), (error, signature) => {
      if (error) reject(error);
      else resolve(signature.toString('base64url'));
    });
  });

/**
 * Whether `signature` (base64url) is this key's. RS256 is checked
 * at once: it costs less than handing it to a thread. ES256 goes to node's pool: it takes longer
 * than all else of a call.
 */
export function isJwsOf(
  key: KeyObject,
  { signed, signature }: { signed: string; signature: string },
): boolean | Promise<boolean> {
  const bytes = Buffer.from(signature, 'base64url');
  const text = Buffer.from(signed, 'latin1');
  if (key.asymmetricKeyType === 'rsa') return verify('sha256', text, key, bytes);
  return new Promise((resolve, reject) => {
    verify('sha256', text, withForm(key), bytes, (error, isRight) => {
      if (error) reject(error);
      else resolve(isRight);
    });
  });
}
