import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Endpoint, Input, Reply } from '../../shared/contracts/endpoint.ts';
import { parseInput, parseParams } from '../../shared/contracts/parse.ts';
import type { Caller } from '../../shared/assertion.ts';
import type { AccessClaims } from '../tokens/access-token.ts';
import type { QueueClaims } from '../tokens/queue-tokens.ts';
import { type EdgeApp, type EdgeContext, toRoutePath } from './edge-env.ts';
import type { Guard, Passed } from './guard.ts';
import { parseJson, readBody } from './read-body.ts';
import type { ServiceGuard } from './service-guard.ts';

/**
 * The order of checks. When two problems apply, the earlier one is answered:
 *
 *  1. request line and headers (`edge-rules.ts`): 400
 *  2. path known: 404; method known: 405
 *  3. ids of the path: 400
 *  4. limits by address: 429
 *  5. access token: 401; role: 403
 *  6. queue token: 401, over 410; of another room 403; of another user 403; waiting 403; ended 410
 *  7. limits by account: 429
 *  8. query, content type, size, JSON and schema of the body, all faults at once: 400
 *  9. what the service says; for a log-in, first the brake on guessing: 429; for a forwarded call
 *     that changes something, first the lease: 410
 *
 * A call of the peer service is signed over its body, so there 8's reading comes before 5.
 */

/** What a handler may want to know of the request itself. */
export interface RequestInfo {
  readonly requestId: string;
  /** Of the caller, as far as it can be known: `client-address.ts`. */
  readonly address: string;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
  /** For a stream, which writes past Hono and answers with RESPONSE_ALREADY_SENT. */
  readonly outgoing: ServerResponse;
  header(name: string): string | undefined;
}

type UserOf<E extends Endpoint> = E['guard'] extends 'user' | 'admin' | 'active+user'
  ? AccessClaims
  : AccessClaims | undefined;

type TokenOf<E extends Endpoint> = E['guard'] extends 'queue'
  ? QueueClaims
  : QueueClaims | undefined;

export interface HandlerInput<E extends Endpoint> extends Input<E> {
  user: UserOf<E>;
  queueToken: TokenOf<E>;
  request: RequestInfo;
}

/** A body to answer with the endpoint's status, the same with status and headers, or a Response. */
export type HandlerReply<E extends Endpoint> =
  Reply<E> | { status: number; body: Reply<E>; headers?: Record<string, string> } | Response;

export type Handler<E extends Endpoint> = (
  input: HandlerInput<E>,
) => HandlerReply<E> | Promise<HandlerReply<E>>;

/** Binds a contract to a handler. */
export type Bind = <E extends Endpoint>(endpoint: E, handler: Handler<E>) => void;

const noQuery = new URLSearchParams();

export function queryOf(url: string | undefined): URLSearchParams {
  const mark = url?.indexOf('?') ?? -1;
  return mark === -1 || url === undefined ? noQuery : new URLSearchParams(url.slice(mark + 1));
}

export const roomIdOf = (params: unknown): string | undefined =>
  (params as { concertId?: string } | undefined)?.concertId;

function requestInfo(c: EdgeContext): RequestInfo {
  const { outgoing, requestId, address } = c.env;
  return {
    requestId,
    outgoing,
    address,
    get signal() {
      return c.req.raw.signal;
    },
    header: (name) => c.req.header(name),
  };
}

const isFull = (
  reply: unknown,
): reply is { status: number; body: unknown; headers?: Record<string, string> } =>
  typeof reply === 'object' &&
  reply !== null &&
  'body' in reply &&
  'status' in reply &&
  typeof reply.status === 'number';

/** Personal answers are never kept by a cache; a public one says so itself. */
const defaultHeaders = ({ guard, method }: Endpoint): Record<string, string> =>
  guard === 'open' && method === 'GET' ? {} : { 'cache-control': 'no-store' };

function toResponse(endpoint: Endpoint, reply: unknown): Response {
  // Made before the server put its own class in the place of Response.
  if (reply === RESPONSE_ALREADY_SENT) return RESPONSE_ALREADY_SENT;
  if (reply instanceof Response) return reply;
  const { status, body, headers } = isFull(reply)
    ? reply
    : { status: endpoint.status, body: reply, headers: undefined };
  const all = { ...defaultHeaders(endpoint), ...headers };
  if (body === undefined) return new Response(null, { status, headers: all });
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': endpoint.mediaType ?? 'application/json', ...all },
  });
}

/** A stream has no length and never ends, so HEAD is answered without starting it. */
const streamHead = (endpoint: Endpoint): Response =>
  new Response(null, { headers: { 'content-type': endpoint.mediaType ?? '' } });

export interface BindOptions {
  app: EdgeApp;
  guard: Guard;
  serviceGuard: ServiceGuard;
}

export function createBind({ app, guard, serviceGuard }: BindOptions): Bind {
  const checkPeer = (c: EdgeContext, body: Buffer): Caller => serviceGuard(c.env.incoming, body);

  async function receive<E extends Endpoint>(endpoint: E, c: EdgeContext) {
    const { incoming } = c.env;
    const params = c.req.param() as Record<string, string>;
    const roomId = roomIdOf(parseParams(endpoint, params));
    let passed: Passed = { user: undefined, queueToken: undefined };
    if (endpoint.guard !== 'service') passed = await guard(endpoint, c.env, roomId);
    const bytes = await readBody(endpoint, incoming);
    if (endpoint.guard === 'service') checkPeer(c, bytes);
    const body = endpoint.body ? parseJson(bytes) : undefined;
    const input = parseInput(endpoint, { params, query: queryOf(incoming.url), body });
    return { ...input, ...passed, request: requestInfo(c) } as HandlerInput<E>;
  }

  return function bind(endpoint, handler) {
    app.on(endpoint.method, toRoutePath(endpoint.path), async (c) => {
      const input = await receive(endpoint, c);
      if (c.env.isHead && endpoint.mediaType === 'text/event-stream') return streamHead(endpoint);
      return toResponse(endpoint, await handler(input));
    });
  };
}
