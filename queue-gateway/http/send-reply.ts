import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Endpoint } from '../../shared/contracts/endpoint.ts';

interface FullReply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

const isFull = (reply: unknown): reply is FullReply =>
  typeof reply === 'object' &&
  reply !== null &&
  'body' in reply &&
  'status' in reply &&
  typeof reply.status === 'number';

/** Personal answers are never kept by a cache; a public one says so itself. */
const defaultHeaders = ({ guard, method }: Endpoint): Record<string, string> =>
  guard === 'open' && method === 'GET' ? {} : { 'cache-control': 'no-store' };

/**
 * The same bytes for everybody, uncopied, to as many as ask; for a handler to return. Their length is
 * told: without it each body would go in chunks, and twice as many writes.
 * @param headers with the content type
 */
export function sendBytes(
  outgoing: ServerResponse,
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>>,
  status = 200,
): Response {
  outgoing.writeHead(status, { ...headers, 'content-length': String(bytes.length) }).end(bytes);
  return RESPONSE_ALREADY_SENT;
}

async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  const { body, headers, status } = response;
  const all = Object.fromEntries(headers);
  if (body === null) outgoing.writeHead(status, all).end();
  else sendBytes(outgoing, Buffer.from(await response.arrayBuffer()), all, status);
}

/**
 * What a handler returned, straight to the socket: a body is told from its length, and what is not
 * text already is JSON.
 */
export async function sendReply(
  endpoint: Endpoint,
  reply: unknown,
  outgoing: ServerResponse,
): Promise<void> {
  // Made before the server put its own class in the place of Response.
  if (reply === RESPONSE_ALREADY_SENT) return;
  if (reply instanceof Response) return sendResponse(reply, outgoing);
  const { status, body, headers } = isFull(reply)
    ? reply
    : { status: endpoint.status, body: reply, headers: undefined };
  const all = { ...defaultHeaders(endpoint), ...headers };
  if (body === undefined) {
    outgoing.writeHead(status, all).end();
    return;
  }
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  outgoing.writeHead(status, {
    'content-type': endpoint.mediaType ?? 'application/json',
    'content-length': String(length),
    ...all,
  });
  // As many bytes as characters: ASCII, which is copied as it is.
  outgoing.end(text, length === text.length ? 'latin1' : 'utf8');
}
