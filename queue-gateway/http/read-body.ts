import type { IncomingMessage } from 'node:http';
import { bodyLimitBytes, type Endpoint, isBodyOptional } from '../../shared/contracts/endpoint.ts';
import { Problem } from '../../shared/problems.ts';
import { jsonFault } from './json-rules.ts';

export const noBody = Buffer.alloc(0);

/** RFC 8259 §8.1: JSON between systems is UTF-8, so no other charset is taken. */
const jsonType = /^application\/json[ \t]*(?:;[ \t]*charset[ \t]*=[ \t]*"?utf-8"?[ \t]*)?$/i;

/** RFC 7111 §5.1. */
const csvType = /^text\/csv[ \t]*(?:;[ \t]*charset[ \t]*=[ \t]*"?utf-8"?[ \t]*)?$/i;

export const refuseBody = (message: string, cause?: unknown): Problem =>
  new Problem('invalid-request', { errors: [{ path: 'body', message }], cause });

async function collect(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer; // No encoding is set on the stream, so chunks are bytes.
    size += bytes.length;
    if (size > limit) throw refuseBody(`must not be larger than ${limit} bytes`);
    chunks.push(bytes);
  }
  return chunks.length === 1 ? (chunks[0] ?? noBody) : Buffer.concat(chunks, size);
}

/**
 * What the head of a request says of its body.
 * @throws Problem `invalid-request` for another content type, or more bytes than are taken.
 */
export function checkBodyHead(endpoint: Endpoint, incoming: IncomingMessage, limit: number): void {
  if (Number(incoming.headers['content-length'] ?? 0) > limit)
    throw refuseBody(`must not be larger than ${limit} bytes`);
  if (!isRightType(endpoint, incoming)) throw wrongType(endpoint);
}

const isRightType = ({ bodyType }: Endpoint, { headers }: IncomingMessage): boolean =>
  (bodyType === 'text/csv' ? csvType : jsonType).test(headers['content-type'] ?? '');

const wrongType = ({ bodyType }: Endpoint): Problem =>
  refuseBody(`must be ${bodyType ?? 'application/json'}`);

/**
 * The bytes of a body within the endpoint's limit; none when the endpoint takes no body.
 * @throws Problem `invalid-request` for another content type, too many bytes, or no body at all.
 */
export async function readBody(endpoint: Endpoint, incoming: IncomingMessage): Promise<Buffer> {
  if (!endpoint.body) return noBody;
  const limit = endpoint.bodyLimitBytes ?? bodyLimitBytes;
  const isOptional = isBodyOptional(endpoint);
  if (isOptional && incoming.headers['content-type'] === undefined) return noBody;
  if (!isOptional) checkBodyHead(endpoint, incoming, limit);
  let bytes: Buffer;
  try {
    bytes = await collect(incoming, limit);
  } catch (cause) {
    throw cause instanceof Problem ? cause : refuseBody('did not arrive whole', cause);
  }
  if (bytes.length === 0 && isOptional) return noBody;
  if (isOptional && !isRightType(endpoint, incoming)) throw wrongType(endpoint);
  if (bytes.length === 0) throw refuseBody('is missing');
  return bytes;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws Problem `invalid-request` when the bytes are not UTF-8 JSON that `jsonFault` takes. */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw refuseBody('must be JSON', cause);
  }
  const fault = jsonFault(text);
  if (fault) throw refuseBody(fault);
  return value;
}
