import type { ServerResponse } from 'node:http';
import { Pool } from 'undici';
import { Problem } from '../../shared/problems.ts';
import { createBreaker } from './breaker.ts';
import { type CallKind, Exchange, type Outcome, type UpstreamCall } from './exchange.ts';
import { failureProblem, isReset } from './failure-rules.ts';

export type { CallKind, Outcome, UpstreamCall } from './exchange.ts';

export interface Upstream {
  /**
   * Sends the call and streams the answer into `outgoing`, with back-pressure.
   * @returns the status of the core's answer, also when nobody was there to take it; `abandoned`
   *   when the caller went before there was one.
   * @throws Problem `unavailable`, `bad-gateway`, `gateway-timeout` while nothing has been
   *   answered; a failure after that cuts the caller's connection off.
   */
  send(call: UpstreamCall, outgoing: ServerResponse): Promise<Outcome>;
  close(): Promise<void>;
}

/** A call is over: by its status, `abandoned` by its caller, or `failed` without an answer. */
export type OnForwarded = (
  method: CallKind['method'],
  outcome: Outcome | 'failed',
  tookMs: number,
) => void;

export interface UpstreamOptions {
  /** Origin of the core; nothing a caller sends changes it. */
  url: string;
  /** Sockets at most. */
  connections?: number;
  /** Calls under way or waiting for a socket at most; the next one is 503. */
  maxCalls?: number;
  connectTimeoutMs?: number;
  /**
   * Shorter than the core keeps an idle socket, also while it is being replaced, so that the core
   * never closes it first.
   */
  keepAliveTimeoutMs?: number;
  /** Unix time in ms. */
  now?: () => number;
  onForwarded?: OnForwarded;
}

/** A reset on a connection that lay idle is a race both sides can lose, once. */
const triesMax = 2;

async function dispatch(
  pool: Pool,
  call: UpstreamCall,
  outgoing: ServerResponse,
  tries = triesMax,
): Promise<Outcome> {
  const exchange = new Exchange(call.kind, outgoing);
  const { target: path, body } = call;
  const { method, timeoutMs } = call.kind;
  const headers = call.headers();
  pool.dispatch(
    { method, path, headers, body, headersTimeout: timeoutMs, bodyTimeout: timeoutMs },
    exchange,
  );
  try {
    return await exchange.outcome;
  } catch (error) {
    const isLost = isReset(error) && !exchange.isAnswered;
    if (tries === 1 || !call.repeatable || !isLost) throw error;
    return dispatch(pool, call, outgoing, tries - 1);
  }
}

export function createUpstream(options: UpstreamOptions): Upstream {
  const { maxCalls = 4_096, now = Date.now, onForwarded = () => undefined } = options;
  const pool = new Pool(options.url, {
    connections: options.connections ?? 128,
    pipelining: 1,
    connect: { timeout: options.connectTimeoutMs ?? 1_000 },
    keepAliveTimeout: options.keepAliveTimeoutMs ?? 5_000,
    keepAliveMaxTimeout: options.keepAliveTimeoutMs ?? 5_000,
  });
  const breaker = createBreaker({ now });
  let calls = 0;

  function refuse(why: string): never {
    const retryAfterSeconds = Math.max(1, Math.ceil(breaker.waitMs() / 1_000));
    throw new Problem('unavailable', { retryAfterSeconds, cause: new Error(why) });
  }

  function enter(): void {
    if (calls >= maxCalls) refuse('too many calls under way');
    if (!breaker.enter()) refuse('the breaker is open');
    calls += 1;
  }

  function reportFailure({ status, code }: Problem): void {
    // What is wrong with a body that streams says nothing about the core.
    if (status < 500) breaker.report('abandoned');
    else breaker.report(code === 'bad-gateway' ? 'answered' : 'failed');
  }

  async function sendOne(call: UpstreamCall, outgoing: ServerResponse): Promise<Outcome> {
    enter();
    try {
      const outcome = await dispatch(pool, call, outgoing);
      breaker.report(outcome === 'abandoned' ? outcome : 'answered');
      return outcome;
    } catch (error) {
      const problem = failureProblem(error);
      reportFailure(problem);
      throw problem;
    } finally {
      calls -= 1;
    }
  }

  return {
    async send(call, outgoing) {
      const startedAt = performance.now();
      let outcome: Outcome | 'failed' = 'failed';
      try {
        outcome = await sendOne(call, outgoing);
        return outcome;
      } finally {
        onForwarded(call.kind.method, outcome, performance.now() - startedAt);
      }
    },
    close: () => pool.close(),
  };
}
