import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { sealBytes, sealedHeader } from '../../shared/assertion.ts';
import { refuseBody } from '../http/read-body.ts';

export interface SealOptions {
  limitBytes: number;
  /** The assertion over a body with this hash, SHA-256 in base64url. */
  sign: (bodyHash: string) => string;
}

/** What the core is told of such a body, as a list; its length where the caller has told it. */
export function sealedHeaders(given: IncomingHttpHeaders): string[] {
  const headers = [sealedHeader, '1'];
  const type = given['content-type'];
  if (type !== undefined) headers.push('content-type', type);
  const length = Number(given['content-length']);
  if (Number.isSafeInteger(length)) headers.push('content-length', String(length + sealBytes));
  return headers;
}

/**
 * The body of a large upload on its way: as it comes, no faster than the core takes it, and the
 * assertion over all of it at the end. One that is cut short or too long never gets its end.
 */
export function sealedBody(
  incoming: IncomingMessage,
  { limitBytes, sign }: SealOptions,
): Transform {
  const hash = createHash('sha256');
  let size = 0;
  const sealed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > limitBytes) return done(refuseBody(`must not be larger than ${limitBytes} bytes`));
      hash.update(chunk);
      return done(null, chunk);
    },
    flush(done) {
      if (size === 0) return done(refuseBody('is missing'));
      return done(null, Buffer.from(sign(hash.digest('base64url')).padEnd(sealBytes)));
    },
  });
  incoming.once('close', () => {
    if (!incoming.complete) sealed.destroy(refuseBody('did not arrive whole'));
  });
  incoming.on('error', () => sealed.destroy(refuseBody('did not arrive whole')));
  return incoming.pipe(sealed);
}
