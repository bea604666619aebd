import { assertionHeader, type Caller, signAssertion } from '../../shared/assertion.ts';
import { login } from '../../shared/contracts/auth.ts';
import {
  bodyLimitBytes,
  bulkBodyLimitBytes,
  type Endpoint,
} from '../../shared/contracts/endpoint.ts';
import type { KeySet } from '../../shared/keys.ts';
import { problemStatus } from '../../shared/problems.ts';
import type { EdgeBindings } from '../http/edge-env.ts';
import { callerOf, type Guard, type Passed } from '../http/guard.ts';
import { checkBodyHead, noBody, parseJson, readBody } from '../http/read-body.ts';
import { requestIdHeader } from '../http/request-id.ts';
import type { LoginBrake, Outcome } from '../limits/login-service.ts';
import type { ActiveClaims } from '../tokens/active-token.ts';
import { sealedBody, sealedHeaders } from './sealed-body.ts';
import { hasKey, toCoreHeaders } from './header-rules.ts';
import type { createReadSigner } from './read-signer.ts';
import type { CallKind, Upstream, UpstreamCall } from './upstream.ts';

/** What the forward path asks of the line. */
export interface LineLease {
  /** @throws Problem `queue-token-ended` when the lease is over, `unavailable` without Redis. */
  checkLease(claims: ActiveClaims): Promise<void>;
  /** Notes that the holder was here; never waits for anything. */
  touch(claims: ActiveClaims): void;
}

export interface ForwarderOptions {
  guard: Guard;
  line: LineLease;
  upstream: Upstream;
  loginBrake: LoginBrake;
  assertionKeys: KeySet;
  signRead: ReturnType<typeof createReadSigner>;
  /** Unix time in ms. */
  now: () => number;
  /** Longest wait for the core in an ordinary call. */
  timeoutMs: number;
  /** Largest streamed body, instead of the contract's. */
  uploadLimitBytes?: number | undefined;
}

/** Where a call goes, from a path whose parameters are right. */
export interface Destination {
  /** The concert of the path, if there is one. */
  roomId: string | undefined;
  /** Path and query at the core; throws Problem `invalid-request` for a query off its contract. */
  target: () => string;
}

/** Guards a call, signs it, and streams the core's answer to the caller. */
export type Forward = (request: EdgeBindings, to: Destination) => Promise<void>;

/** Tens of thousands of rows in one call take longer than a seat does. */
const bulkTimeoutMs = 60_000;

/** The core's own 401 is for calls that say so; any other one speaks of our assertion. */
const refusesAnswer = (endpoint: Endpoint) => {
  const mayAnswer401 = endpoint.problems?.some((code) => problemStatus(code) === 401) ?? false;
  return (status: number): boolean => status === 401 && !mayAnswer401;
};

/** How the calls of one endpoint are signed and what else is sent with them. */
function createHeadersOf({ method }: Endpoint, options: ForwarderOptions) {
  const { assertionKeys: keys, signRead, now } = options;
  return (request: EdgeBindings, target: string, body: Buffer, caller: Caller) => {
    const plain = toCoreHeaders(request.incoming.headers, body.length > 0);
    plain.push(requestIdHeader, request.requestId);
    return (): string[] => {
      const assertion =
        method === 'GET'
          ? signRead(target, caller)
          : signAssertion({ keys, now }, { audience: 'core-api', method, target, body }, caller);
      return [...plain, assertionHeader, assertion];
    };
  };
}

/** A call whose body is passed on as it comes: `sealed-body.ts`. */
function createForwardStream(
  endpoint: Endpoint,
  options: ForwarderOptions,
  { kind, headersOf }: { kind: CallKind; headersOf: ReturnType<typeof createHeadersOf> },
): Forward {
  const { guard, upstream, assertionKeys: keys, now } = options;
  const { method } = endpoint;
  const limitBytes = options.uploadLimitBytes ?? endpoint.bodyLimitBytes ?? bodyLimitBytes;
  return async function forwardStream(request, to) {
    const { incoming, outgoing } = request;
    const passed = await guard(endpoint, request, to.roomId);
    checkBodyHead(endpoint, incoming, limitBytes);
    const target = to.target();
    const caller = callerOf(passed);
    const opening = headersOf(request, target, noBody, caller);
    const sign = (sha256: string): string =>
      signAssertion(
        { keys, now },
        { audience: 'core-api', method, target, body: { sha256 } },
        caller,
      );
    const body = sealedBody(incoming, { limitBytes, sign });
    const call: UpstreamCall = {
      kind,
      target,
      headers: () => [...opening(), ...sealedHeaders(incoming.headers)],
      body,
      repeatable: false,
    };
    try {
      await upstream.send(call, outgoing);
    } finally {
      // Answered before its end: nobody takes the rest.
      incoming.unpipe(body);
      body.destroy();
    }
  };
}

export function createForward(endpoint: Endpoint, options: ForwarderOptions): Forward {
  const { guard, line, upstream, loginBrake } = options;
  const { method } = endpoint;
  const isLogin = endpoint.name === login.name;
  const isKeyed = endpoint.idempotent ?? false;
  const isBulk = (endpoint.bodyLimitBytes ?? 0) >= bulkBodyLimitBytes;
  const headersOf = createHeadersOf(endpoint, options);
  const kind: CallKind = {
    method,
    changes: method !== 'GET',
    personal: endpoint.guard !== 'open' || method !== 'GET',
    timeoutMs: isBulk ? bulkTimeoutMs : options.timeoutMs,
    refuses: refusesAnswer(endpoint),
  };

  if (endpoint.streamed) return createForwardStream(endpoint, options, { kind, headersOf });

  async function bodyOf({ incoming }: EdgeBindings): Promise<Buffer> {
    const body = await readBody(endpoint, incoming);
    // Megabytes of rows are the core's to read: here they would hold up everybody else.
    if (!isBulk && endpoint.bodyType === undefined) parseJson(body);
    return body;
  }

  /** Of who is inside: a call that changes something asks Redis, any other asks nobody. */
  function lease({ queueToken }: Passed): Promise<void> | void {
    if (queueToken?.kind !== 'active') return undefined;
    if (kind.changes) return line.checkLease(queueToken).then(() => line.touch(queueToken));
    return line.touch(queueToken);
  }

  /** The order of checks is written down in http/bind.ts. */
  return async function forward(request, to) {
    const { incoming, outgoing } = request;
    const guarded = guard(endpoint, request, to.roomId);
    const passed = guarded instanceof Promise ? await guarded : guarded;
    const body = endpoint.body ? await bodyOf(request) : noBody;
    const target = to.target();
    const leased = lease(passed);
    if (leased) await leased;
    const attempt = isLogin ? await loginBrake.begin(body, request.address) : undefined;
    const call: UpstreamCall = {
      kind,
      target,
      headers: headersOf(request, target, body, callerOf(passed)),
      body: body.length > 0 ? body : null,
      // A key that the core does not honour makes no call safe to repeat.
      repeatable: method === 'GET' || (isKeyed && hasKey(incoming.headers)),
    };
    if (!attempt) return void (await upstream.send(call, outgoing));
    let outcome: Outcome = 'failed';
    try {
      outcome = await upstream.send(call, outgoing);
    } finally {
      await attempt(outcome);
    }
  };
}
