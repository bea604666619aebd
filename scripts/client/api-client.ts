import { Agent, request } from 'undici';

/** An answer as it came: the body parsed when it is JSON, else undefined. */
export interface Answer<Body = unknown> {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Body;
}

export interface Call {
  accessToken?: string | undefined;
  queueToken?: string | undefined;
  body?: unknown;
  idempotencyKey?: string;
  headers?: Record<string, string>;
}

/** A problem+json body, as far as callers here look at it. */
export interface ProblemAnswer {
  code: string;
  detail: string;
  [member: string]: unknown;
}

export interface ApiClient {
  readonly gatewayUrl: string;
  /** Resolves for every status. Rejects when there was no answer. */
  call<Body = unknown>(method: string, path: string, call?: Call): Promise<Answer<Body>>;
  close(): Promise<void>;
}

/** The one HTTP client of demo, load and tests: one pool, everything it gets is looked at. */
export function createApiClient(options: {
  gatewayUrl: string;
  /** Sockets to the gateway; calls beyond that wait. */
  connections?: number;
  timeoutMs?: number;
}): ApiClient {
  const { gatewayUrl, connections = 128, timeoutMs = 30_000 } = options;
  const dispatcher = new Agent({
    connections,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connectTimeout: timeoutMs,
  });
  return {
    gatewayUrl,
    call: async <Body>(method: string, path: string, call: Call = {}): Promise<Answer<Body>> => {
      const answer = await request(`${gatewayUrl}${path}`, {
        method: method as 'GET',
        dispatcher,
        headers: headersOf(call),
        body: call.body === undefined ? null : JSON.stringify(call.body),
      });
      const text = await answer.body.text();
      const isJson = String(answer.headers['content-type'] ?? '').includes('json');
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: (isJson && text !== '' ? JSON.parse(text) : undefined) as Body,
      };
    },
    close: () => dispatcher.close(),
  };
}

function headersOf(call: Call): Record<string, string> {
  return {
    accept: 'application/json',
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(call.accessToken ? { authorization: `Bearer ${call.accessToken}` } : {}),
    ...(call.queueToken ? { 'x-queue-token': call.queueToken } : {}),
    ...(call.idempotencyKey ? { 'idempotency-key': call.idempotencyKey } : {}),
    ...call.headers,
  };
}

/** The body of an answer that must have this status. @throws Error that shows what came instead. */
export function expectStatus<Body>(answer: Answer<Body>, ...statuses: number[]): Body {
  if (statuses.includes(answer.status)) return answer.body;
  throw new Error(
    `expected ${statuses.join(' or ')}, got ${answer.status} ${JSON.stringify(answer.body)}`,
  );
}
