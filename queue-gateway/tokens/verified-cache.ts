import { LRUCache } from 'lru-cache';
import { perVersion } from '../../shared/keys.ts';

/** A signature that was right is not checked again for this long, nor beyond the token's end. */
const maxTrustMs = 30_000;
const maxEntries = 20_000;

export interface VerifiedCacheOptions<V> {
  verify: (token: string) => V;
  /** Unix time in ms. */
  now: () => number;
  /** Of the keys: when they change nothing is remembered, so that a retired key is out at once. */
  keysVersion: () => number;
}

export interface VerifiedCache<T, V> {
  /** As `verify` of the options, which is asked only for what is not remembered. */
  verify(token: string): T | V;
  /** Of a token that needs no check, because it was signed right here. */
  remember(token: string, claims: T): void;
}

/**
 * Remembers verified tokens by their exact bytes, bounded: an ES256 signature costs ten times the
 * rest of a request. Refusals are not remembered. It answers for the signature alone; whether the
 * token has been ended is asked each time, elsewhere.
 */
export function createVerifiedCache<
  T extends { readonly expiresAtMs: number },
  V extends T | Promise<T> = T,
>(options: VerifiedCacheOptions<V>): VerifiedCache<T, V> {
  const { verify, now, keysVersion } = options;
  const cache = perVersion(
    keysVersion,
    () => new LRUCache<string, { claims: T; untilMs: number }>({ max: maxEntries }),
  );

  // Of the keys it was checked with: one that is found right after they changed is not kept.
  function keep(known: ReturnType<typeof cache>, token: string, claims: T): T {
    const untilMs = Math.min(claims.expiresAtMs, now() + maxTrustMs);
    known.set(token, { claims, untilMs });
    return claims;
  }

  return {
    verify(token) {
      const known = cache();
      const hit = known.get(token);
      if (hit && hit.untilMs > now()) return hit.claims;
      const verified: T | Promise<T> = verify(token);
      if (!(verified instanceof Promise)) return keep(known, token, verified);
      return verified.then((claims) => keep(known, token, claims)) as V;
    },
    remember: (token, claims) => void keep(cache(), token, claims),
  };
}
