import { assertionClaims, type Caller, signClaims } from '../../shared/assertion.ts';
import type { KeySet } from '../../shared/keys.ts';

/** A third of the time the core takes an assertion for. */
const reuseMs = 10_000;
/** Of one caller, at most: then it begins anew. */
const maxTargets = 64;

export interface ReadSignerOptions {
  keys: KeySet;
  /** Unix time in ms. */
  now: () => number;
}

/** What one caller has been signed. */
interface Signed {
  claims: string;
  untilMs: number;
  keysVersion: number;
  byTarget: Map<string, string>;
}

/**
 * Signs reads. The claims of a caller serve all its reads for some seconds, and the assertion made
 * of them the same read again: people who choose a seat ask for the same few things. The core
 * refuses a repeated nonce only where something changes, so this opens nothing; what changes is
 * signed each time.
 * @returns a function that keeps what it signed as long as the very object `caller` is kept.
 */
export function createReadSigner({ keys, now }: ReadSignerOptions) {
  const signed = new WeakMap<Caller, Signed>();
  const noBody = Buffer.alloc(0);

  function signedOf(caller: Caller): Signed {
    const known = signed.get(caller);
    if (known && known.untilMs > now() && known.keysVersion === keys.version) return known;
    const made: Signed = {
      claims: assertionClaims(caller, now),
      untilMs: now() + reuseMs,
      keysVersion: keys.version,
      byTarget: new Map(),
    };
    signed.set(caller, made);
    return made;
  }

  return function signRead(target: string, caller: Caller): string {
    const { claims, byTarget } = signedOf(caller);
    const known = byTarget.get(target);
    if (known !== undefined) return known;
    const call = { audience: 'core-api', method: 'GET', target, body: noBody } as const;
    const header = signClaims(keys, call, claims);
    if (byTarget.size >= maxTargets) byTarget.clear();
    byTarget.set(target, header);
    return header;
  };
}
