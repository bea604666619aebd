import { LRUCache } from 'lru-cache';

/** A signature that was right is not checked again for this long, nor beyond the token's end. */
const maxTrustMs = 30_000;
const maxEntries = 20_000;

export interface VerifiedCacheOptions<T> {
  verify: (token: string) => T;
  /** Unix time in ms. */
  now: () => number;
}

/**
 * Remembers verified tokens by their exact bytes, bounded: an ES256 signature costs ten times the
 * rest of a request. Refusals are not remembered. It answers for the signature alone; whether the
 * token has been ended is asked each time, elsewhere.
 */
export function createVerifiedCache<T extends { readonly expiresAtMs: number }>(
  options: VerifiedCacheOptions<T>,
): (token: string) => T {
  const { verify, now } = options;
  const known = new LRUCache<string, { claims: T; untilMs: number }>({ max: maxEntries });
  return function verifyCached(token) {
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
