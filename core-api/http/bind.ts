import type { Request, Response, Router } from 'express';
import { sealBytes, sealedHeader } from '../../shared/assertion.ts';
import {
  bodyLimitBytes,
  type Endpoint,
  type Input,
  type Reply,
} from '../../shared/contracts/endpoint.ts';
import { parseInput, parseParams } from '../../shared/contracts/parse.ts';
import type { ProblemCode } from '../../shared/problems.ts';
import { type Answer, isAnswer, writeAnswer } from './answer.ts';
import { checkReply } from './check-reply.ts';
import { type CallerOf, checkGuard } from './guard.ts';
import { idempotencyKeyOf } from './idempotency-header.ts';
import type { PeerCheck } from './peer-check.ts';
import { parseBody, readBody } from './read-body.ts';
import { localsOf } from './request-context.ts';

/** What a handler gets: the input by its schemas, and who calls. Nothing of Express. */
export interface Call<E extends Endpoint> extends Input<E> {
  caller: CallerOf<E>;
  /** Of endpoints that are `idempotent`; undefined where the client sent none. */
  idempotencyKey: string | undefined;
  /** The body as it came, for a fingerprint. */
  bodyBytes: Buffer;
  /** A request header by its name in small letters, where it came once. */
  header(name: string): string | undefined;
  /** Request header `If-None-Match`. */
  ifNoneMatch: string | undefined;
  /** Aborted when the client leaves before it has its answer. */
  signal: AbortSignal;
  requestId: string;
}

/** The reply's body, or `answer({ status, headers, body | rawBody })`. */
export type Handler<E extends Endpoint> = (call: Call<E>) => Promise<Result<E>> | Result<E>;

/** A call without a reply's schema (204) may return nothing. */
type Result<E extends Endpoint> =
  Answer<Reply<E>> | ([Reply<E>] extends [undefined] ? void : Reply<E>);

/** Binds a handler to the call that an endpoint describes. */
export type Bind = <E extends Endpoint>(endpoint: E, handler: Handler<E>) => void;

/** `code`: `ok`, or of the problem it was answered with. */
export type OnAnswered = (
  endpoint: Endpoint,
  answer: { status: number; code: ProblemCode | 'ok'; durationMs: number },
) => void;

export interface BinderOptions {
  router: Router;
  peerCheck: PeerCheck;
  /** Each reply is held against its contract: in tests, where the cost does not matter. */
  checkReplies: boolean;
  /** A call of a guarded endpoint was answered, by whatever status. */
  onAnswered?: OnAnswered;
}

/** `bind`, and the endpoints it was called with so far. */
export function createBinder(options: BinderOptions): { bind: Bind; endpoints: Endpoint[] } {
  const { router, peerCheck, checkReplies, onAnswered } = options;
  const endpoints: Endpoint[] = [];
  const bind: Bind = (endpoint, handler) => {
    endpoints.push(endpoint);
    const read = createReader(endpoint, peerCheck);
    const path = endpoint.path.replace(/\{(\w+)\}/g, ':$1');
    const method = endpoint.method.toLowerCase() as Lowercase<typeof endpoint.method>;

    router[method](path, async (request, response) => {
      const startedAt = performance.now();
      response.on('close', () => {
        onAnswered?.(endpoint, {
          status: response.statusCode,
          code: localsOf(response).problemCode ?? 'ok',
          durationMs: performance.now() - startedAt,
        });
      });
      const result = await handler(await read(request, response));
      const parts = isAnswer(result) ? result : { body: result };
      if (checkReplies) checkReply(endpoint, parts);
      if (response.destroyed) return;
      writeAnswer(response, ('status' in parts && parts.status) || endpoint.status, parts);
    });
  };
  return { bind, endpoints };
}

/**
 * The steps before a handler, in the order in which their problems are told
 * (docs/decisions/0007): peer, ids in the path, account, role, room, then query and body.
 */
function createReader<E extends Endpoint>(endpoint: E, peerCheck: PeerCheck) {
  const limitBytes = endpoint.bodyLimitBytes ?? bodyLimitBytes;
  async function receive(request: Request) {
    if (endpoint.streamed && request.headers[sealedHeader] !== undefined) {
      peerCheck.verifyOpening(request);
      const sealed = await readBody(request, limitBytes + sealBytes);
      const { caller, body } = await peerCheck.verifySealed(request, sealed);
      return { bodyBytes: body, peerCaller: caller };
    }
    peerCheck.assertHeader(request);
    const bodyBytes = await readBody(request, limitBytes);
    return { bodyBytes, peerCaller: await peerCheck.verify(request, bodyBytes) };
  }

  return async (request: Request, response: Response): Promise<Call<E>> => {
    const { bodyBytes, peerCaller } = await receive(request);

    const params = request.params as Record<string, string>;
    parseParams(endpoint, params);
    const caller = checkGuard(endpoint, peerCaller, params['concertId']);
    const { headers } = request;
    const input = parseInput(endpoint, {
      params,
      query: queryOf(request.url),
      body: endpoint.body ? parseBody(endpoint, bodyBytes, headers['content-type']) : undefined,
    });
    return {
      ...input,
      caller,
      bodyBytes,
      idempotencyKey: endpoint.idempotent
        ? idempotencyKeyOf(headers['idempotency-key'])
        : undefined,
      header: (name) => single(headers[name]),
      ifNoneMatch: headers['if-none-match'],
      signal: signalOf(response),
      requestId: localsOf(response).requestId,
    };
  };
}

const single = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

function queryOf(target: string): URLSearchParams {
  const mark = target.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
}

function signalOf(response: Response): AbortSignal {
  const controller = new AbortController();
  const abort = () => {
    if (!response.writableFinished) controller.abort(new Error('the client left'));
  };
  if (response.destroyed) abort();
  else response.once('close', abort);
  return controller.signal;
}
