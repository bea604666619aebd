import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { assertionHeader, type Caller, signAssertion } from '../../shared/assertion.ts';
import { login } from '../../shared/contracts/auth.ts';
import { bulkBodyLimitBytes, type Endpoint } from '../../shared/contracts/endpoint.ts';
import { forwardedEndpoints } from '../../shared/contracts/index.ts';
import { parseInput, parseParams } from '../../shared/contracts/parse.ts';
import type { KeySet } from '../../shared/keys.ts';
import { queryOf, roomIdOf } from '../http/bind.ts';
import { type EdgeApp, type EdgeContext, toRoutePath } from '../http/edge-env.ts';
import { callerOf, type Guard } from '../http/guard.ts';
import { parseJson, readBody } from '../http/read-body.ts';
import { requestIdHeader } from '../http/request-id.ts';
import type { LoginBrake } from '../limits/login-service.ts';
import type { ActiveClaims } from '../tokens/active-token.ts';
import { toCoreHeaders } from './header-rules.ts';
import { createFillTarget } from './target-rules.ts';
import type { Upstream, UpstreamCall } from './upstream.ts';

/** What the forward path asks of the line. */
export interface LineLease {
  /** @throws Problem `queue-token-ended` when the lease is over, `unavailable` without Redis. */
  checkLease(claims: ActiveClaims): Promise<void>;
  /** Notes that the holder was here; never waits for anything. */
  touch(claims: ActiveClaims): void;
}

export interface ForwardOptions {
  app: EdgeApp;
  guard: Guard;
  line: LineLease;
  upstream: Upstream;
  assertionKeys: KeySet;
  /** Unix time in ms. */
  now: () => number;
  /** Longest wait for the core in an ordinary call. */
  timeoutMs: number;
  loginBrake: LoginBrake;
}

/** Tens of thousands of rows in one call take longer than a seat does. */
const bulkTimeoutMs = 60_000;

/** The core's own 401 is for log-in alone; any other one speaks of our assertion. */
const refusesAnswer = (endpoint: Endpoint) => {
  const mayAnswer401 = endpoint.problems?.includes('bad-credentials') ?? false;
  return (status: number): boolean => status === 401 && !mayAnswer401;
};

function createForward(endpoint: Endpoint, options: ForwardOptions) {
  const { guard, line, upstream, assertionKeys, now, loginBrake } = options;
  const fillTarget = createFillTarget(endpoint.path);
  const refuses = refusesAnswer(endpoint);
  const isLogin = endpoint.name === login.name;
  const isBulk = (endpoint.bodyLimitBytes ?? 0) >= bulkBodyLimitBytes;
  const { method } = endpoint;
  const withoutBody: Endpoint = { ...endpoint, body: undefined };
  const fixed = {
    method,
    changes: method !== 'GET',
    personal: endpoint.guard !== 'open' || method !== 'GET',
    timeoutMs: isBulk ? bulkTimeoutMs : options.timeoutMs,
    refuses,
  };

  function headersOf(c: EdgeContext, target: string, body: Buffer, caller: Caller) {
    const headers = toCoreHeaders(c.env.incoming.headers, { withBody: body.length > 0 });
    headers[requestIdHeader] = c.env.requestId;
    const call = { audience: 'core-api', method, target, body } as const;
    return () => {
      headers[assertionHeader] = signAssertion({ keys: assertionKeys, now }, call, caller);
      return headers;
    };
  }

  async function lease(claims: ActiveClaims): Promise<void> {
    if (fixed.changes) await line.checkLease(claims);
    line.touch(claims);
  }

  /** The order of checks is written down in http/bind.ts. */
  return async function forward(c: EdgeContext): Promise<Response> {
    const { incoming, outgoing } = c.env;
    const params = c.req.param() as Record<string, string>;
    const passed = await guard(endpoint, c.env, roomIdOf(parseParams(endpoint, params)));
    const query = queryOf(incoming.url);
    const body = await readBody(endpoint, incoming);
    // Megabytes of rows are the core's to read: here they would hold up everybody else.
    if (body.length > 0 && !isBulk) parseJson(body);
    parseInput(withoutBody, { params, query, body: undefined });
    if (passed.queueToken?.kind === 'active') await lease(passed.queueToken);
    const attempt = isLogin ? await loginBrake.begin(body, c.env.address) : undefined;
    const target = fillTarget(params, query);
    const call: UpstreamCall = {
      ...fixed,
      target,
      headers: headersOf(c, target, body, callerOf(passed)),
      body: body.length > 0 ? body : null,
      repeatable: method === 'GET' || (method === 'POST' && 'idempotency-key' in incoming.headers),
    };
    await upstream.send(call, outgoing);
    await attempt?.(outgoing.statusCode);
    return RESPONSE_ALREADY_SENT;
  };
}

/** Every call of the contracts that the core answers, by its exact template. */
export function forwardRoutes(options: ForwardOptions): void {
  for (const endpoint of forwardedEndpoints) {
    options.app.on(endpoint.method, toRoutePath(endpoint.path), createForward(endpoint, options));
  }
}
