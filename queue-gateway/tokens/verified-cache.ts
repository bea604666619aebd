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
  /** What is remembered of a token, if anything: for who would else have to find out what it is. */
  known(token: string): T | undefined;
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
  function keep(kept: ReturnType<typeof cache>, token: string, claims: T): T {
    const untilMs = Math.min(claims.expiresAtMs, now() + maxTrustMs);
    kept.set(token, { claims, untilMs });
    return claims;
  }

  function known(token: string): T | undefined {
    const hit = cache().get(token);
    return hit && hit.untilMs > now() ? hit.claims : undefined;
  }

  return {
    verify(token) {
      const claims = known(token);
      if (claims) return claims;
      const kept = cache();
      const verified: T | Promise<T> = verify(token);
      if (!(verified instanceof Promise)) return keep(kept, token, verified);
      return verified.then((found) => keep(kept, token, found)) as V;
    },
    known,
    remember: (token, claims) => void keep(cache(), token, claims),
  };
}
