import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Endpoint, Input, Reply } from '../../shared/contracts/endpoint.ts';
import { parseInput, parseParams } from '../../shared/contracts/parse.ts';
import type { AccessClaims } from '../tokens/access-token.ts';
import type { QueueClaims } from '../tokens/queue-tokens.ts';
import { type EdgeApp, type EdgeBindings, toRoutePath } from './edge-env.ts';
import type { Guard, Passed } from './guard.ts';
import { noBody, parseJson, readBody } from './read-body.ts';
import { sendReply } from './send-reply.ts';
import type { ServiceGuard } from './service-guard.ts';
import type { Shortcuts } from './shortcuts.ts';

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

const requestInfo = ({ incoming, outgoing, requestId, address }: EdgeBindings): RequestInfo => ({
  requestId,
  outgoing,
  address,
  header(name) {
    const value = incoming.headers[name];
    return typeof value === 'string' ? value : undefined;
  },
});

/** A stream has no length and never ends, so HEAD is answered without starting it. */
const streamHead = ({ status, mediaType = '' }: Endpoint) => ({
  status,
  body: undefined,
  headers: { 'content-type': mediaType },
});

export interface BindOptions {
  app: EdgeApp;
  guard: Guard;
  serviceGuard: ServiceGuard;
  shortcuts: Shortcuts;
}

/** What the URL says, once it was found right. */
interface Place {
  params: Record<string, string>;
  roomId: string | undefined;
  /** By the schemas; not yet when the request is the first of its URL. */
  parsed?: { params: unknown; query: unknown };
}

export function createBind({ app, guard, serviceGuard, shortcuts }: BindOptions): Bind {
  async function receive<E extends Endpoint>(endpoint: E, request: EdgeBindings, place: Place) {
    const { incoming } = request;
    let passed: Passed = { user: undefined, queueToken: undefined };
    if (endpoint.guard !== 'service') passed = await guard(endpoint, request, place.roomId);
    const bytes = endpoint.body ? await readBody(endpoint, incoming) : noBody;
    if (endpoint.guard === 'service') serviceGuard(incoming, bytes);
    const body = bytes.length > 0 ? parseJson(bytes) : undefined;
    const { params, parsed } = place;
    const input =
      parsed && !endpoint.body
        ? { ...parsed, body }
        : parseInput(endpoint, { params, query: queryOf(incoming.url), body });
    return { ...input, ...passed, request: requestInfo(request) } as HandlerInput<E>;
  }

  return function bind(endpoint, handler) {
    /** The order of checks is written down above. */
    async function serve(request: EdgeBindings, place: Place): Promise<void> {
      const input = await receive(endpoint, request, place);
      const isStreamHead = request.isHead && endpoint.mediaType === 'text/event-stream';
      const reply = isStreamHead ? streamHead(endpoint) : await handler(input);
      const { params, query } = input;
      if (!place.parsed) {
        const known = { ...place, parsed: { params, query } };
        const { method, url = '' } = request.incoming;
        shortcuts.learn(method ?? '', url, (next) => serve(next, known));
      }
      await sendReply(endpoint, reply, request.outgoing);
    }

    app.on(endpoint.method, toRoutePath(endpoint.path), async (c) => {
      const params = c.req.param() as Record<string, string>;
      const roomId = roomIdOf(parseParams(endpoint, params));
      await serve(c.env, { params, roomId });
      return RESPONSE_ALREADY_SENT;
    });
  };
}
