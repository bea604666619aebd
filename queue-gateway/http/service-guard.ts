import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { assertionHeader, type Caller, verifyAssertion } from '../../shared/assertion.ts';
import type { KeySet } from '../../shared/keys.ts';
import { Problem } from '../../shared/problems.ts';

/** An assertion is taken for 30 s around its time, so a nonce older than that is of no use. */
const nonceTtlMs = 60_000;
const maxNonces = 50_000;

/** @throws Problem `assertion-invalid` for whoever is not the core, or repeats what it said. */
export type ServiceGuard = (incoming: IncomingMessage, body: Buffer) => Caller;

export function createServiceGuard(options: { keys: KeySet; now: () => number }): ServiceGuard {
  const { keys, now } = options;
  const used = new LRUCache<string, true>({ max: maxNonces, ttl: nonceTtlMs });
  return function serviceGuard(incoming, body) {
    const header = incoming.headers[assertionHeader];
    const call = {
      audience: 'queue-gateway',
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      body,
    } as const;
    const { nonce, ...caller } = verifyAssertion(
      { keys, now },
      call,
      typeof header === 'string' ? header : undefined,
    );
    if (used.has(nonce)) throw new Problem('assertion-invalid', { cause: new Error('replayed') });
    used.set(nonce, true);
    return caller;
  };
}
