import { LRUCache } from 'lru-cache';
import { perVersion } from '../../shared/keys.ts';

/** A signature that was right is not checked again for this long, nor beyond the token's end. */
const maxTrustMs = 30_000;
const maxEntries = 20_000;

export interface VerifiedCacheOptions<T> {
  verify: (token: string) => T;
  /** Unix time in ms. */
  now: () => number;
  /** Of the keys: when they change nothing is remembered, so that a retired key is out at once. */
  keysVersion: () => number;
}

/**
 * Remembers verified tokens by their exact bytes, bounded: an ES256 signature costs ten times the
 * rest of a request. Refusals are not remembered. It answers for the signature alone; whether the
 * token has been ended is asked each time, elsewhere.
 */
export function createVerifiedCache<T extends { readonly expiresAtMs: number }>(
  options: VerifiedCacheOptions<T>,
): (token: string) => T {
  const { verify, now, keysVersion } = options;
  const cache = perVersion(
    keysVersion,
    () => new LRUCache<string, { claims: T; untilMs: number }>({ max: maxEntries }),
  );
  return function verifyCached(token) {
    const known = cache();
    const hit = known.get(token);
    if (hit && hit.untilMs > now()) return hit.claims;
    const claims = verify(token);
    known.set(token, {
      claims,
      untilMs: Math.min(claims.expiresAtMs, now() + maxTrustMs),
    });
    return claims;
  };
}
