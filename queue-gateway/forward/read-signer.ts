import { LRUCache } from 'lru-cache';
import { type Caller, signAssertion } from '../../shared/assertion.ts';
import { type KeySet, perVersion } from '../../shared/keys.ts';

/** A third of the time the core takes an assertion for. */
const reuseMs = 10_000;
const maxEntries = 20_000;

export interface ReadSignerOptions {
  keys: KeySet;
  /** Unix time in ms. */
  now: () => number;
}

/**
 * Signs reads, and lets one assertion serve the same read of the same caller for some seconds:
 * people who choose a seat ask for the same thing again and again. The core refuses a repeated
 * nonce only where something changes, so this opens nothing; what changes is signed each time.
 */
export function createReadSigner({ keys, now }: ReadSignerOptions) {
  const cache = perVersion(
    () => keys.version,
    () => new LRUCache<string, { header: string; untilMs: number }>({ max: maxEntries }),
  );
  const noBody = Buffer.alloc(0);
  return function signRead(target: string, caller: Caller): string {
    const { userId, role, room, entryId } = caller;
    const key = `${userId} ${role} ${room} ${entryId} ${target}`;
    const signed = cache();
    const known = signed.get(key);
    if (known && known.untilMs > now()) return known.header;
    const call = { audience: 'core-api', method: 'GET', target, body: noBody } as const;
    const header = signAssertion({ keys, now }, call, caller);
    signed.set(key, { header, untilMs: now() + reuseMs });
    return header;
  };
}
