import type { IncomingMessage } from 'node:http';
import {
  assertionHeader,
  type Caller,
  sealBytes,
  verifyAssertion,
} from '../../shared/assertion.ts';
import type { KeySet } from '../../shared/keys.ts';
import { Problem } from '../../shared/problems.ts';

export interface PeerCheckOptions {
  assertionKeys: KeySet;
  /** Unix time in ms. */
  now?: () => number;
  /** Refuses a nonce that was seen before; asked for calls that change state. */
  useNonce: (nonce: string) => Promise<void>;
}

/** `assertHeader` before the body is read, `verify` with its bytes. */
export interface PeerCheck {
  assertHeader(request: IncomingMessage): void;
  /** The same for an upload that is signed at both ends, and its end: `sealBytes`. */
  verifyOpening(request: IncomingMessage): void;
  verifySealed(request: IncomingMessage, sealed: Buffer): Promise<{ caller: Caller; body: Buffer }>;
  verify(request: IncomingMessage, body: Buffer): Promise<Caller>;
}

const headerOf = (request: IncomingMessage): string | undefined => {
  const value = request.headers[assertionHeader];
  return typeof value === 'string' ? value : undefined;
};

/**
 * Lets only the gateway in: docs/decisions/0005.
 * Every refusal is Problem `assertion-invalid`; its reason is the `cause` and goes to the log.
 */
export function createPeerCheck(options: PeerCheckOptions): PeerCheck {
  const { assertionKeys: keys, now = Date.now, useNonce } = options;
  async function verify(request: IncomingMessage, body: Buffer, header = headerOf(request)) {
    const { method = '', url: target = '' } = request;
    const call = { audience: 'core-api', method, target, body } as const;
    const { nonce, ...caller } = verifyAssertion({ keys, now }, call, header);
    if (method !== 'GET' && method !== 'HEAD') await useNonce(nonce);
    return caller;
  }

  return {
    // Nobody gets megabytes read by a service that will not answer them.
    assertHeader: (request) => {
      if (headerOf(request)) return;
      throw new Problem('assertion-invalid', { cause: new Error('missing') });
    },
    verify: (request, body) => verify(request, body),
    verifyOpening: (request) => {
      const { method = '', url: target = '' } = request;
      const call = { audience: 'core-api', method, target, body: Buffer.alloc(0) } as const;
      verifyAssertion({ keys, now }, call, headerOf(request));
    },
    verifySealed: async (request, sealed) => {
      const at = Math.max(0, sealed.length - sealBytes);
      const body = sealed.subarray(0, at);
      return { body, caller: await verify(request, body, sealed.toString('latin1', at).trimEnd()) };
    },
  };
}
