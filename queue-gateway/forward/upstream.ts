import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { type Dispatcher, Pool } from 'undici';
import { Problem } from '../../shared/problems.ts';
import { createBreaker } from './breaker.ts';
import { failureProblem, isReset } from './failure-rules.ts';
import { toCallerHeaders } from './header-rules.ts';

export interface UpstreamCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query at the core. */
  target: string;
  /** The headers of one try: made anew for each, because an assertion is good for one. */
  headers: () => Record<string, string>;
  /** A stream is sent once. */
  body: Buffer | Readable | null;
  /** May be sent again when the connection was reset under it. */
  repeatable: boolean;
  /** Runs to its end even when the caller has gone. */
  changes: boolean;
  /** Its answer is for one account only. */
  personal: boolean;
  /** Longest wait for the head of the answer, between two pieces of it, and for who takes them. */
  timeoutMs: number;
  /** An answer that is never passed on, e.g. the core's refusal of our own assertion. */
  refuses: (status: number) => boolean;
}

type Outcome = number | 'abandoned';

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
}

const callerGone = new Error('the caller has gone');

function writeAnswerHead(
  { personal }: UpstreamCall,
  outgoing: ServerResponse,
  status: number,
  headers: IncomingHttpHeaders,
): void {
  if (outgoing.destroyed) return;
  const passed = toCallerHeaders(headers, { personal });
  // What is one account's own is never another's answer, wherever it is kept (RFC 9111 §4.1).
  // A page of another origin has had its own word on it.
  const already = outgoing.getHeader('vary');
  if (personal)
    passed['vary'] = `${already ? `${String(already)}, ` : ''}authorization, x-queue-token`;
  outgoing.writeHead(status, passed);
}

/** Passes back-pressure of the caller on, and stops a call for whom nobody is there any more. */
function followCaller(call: UpstreamCall, outgoing: ServerResponse, isAnswering: () => boolean) {
  let controller: Dispatcher.DispatchController | undefined;
  let stalled: NodeJS.Timeout | undefined;
  const abort = (): void => controller?.abort(callerGone);
  const onDrain = (): void => {
    clearTimeout(stalled);
    controller?.resume();
  };
  const onClose = (): void => {
    if (!outgoing.writableFinished && (isAnswering() || !call.changes)) abort();
  };
  outgoing.on('drain', onDrain);
  outgoing.on('close', onClose);
  return {
    begin(given: Dispatcher.DispatchController): void {
      controller = given;
      if (outgoing.destroyed && !call.changes) abort();
    },
    // Undici waits for ever while it is paused: who reads nothing would keep a socket to the core.
    wait(): void {
      controller?.pause();
      // What was read before the pause still comes, piece by piece: each calls once more.
      clearTimeout(stalled);
      stalled = setTimeout(abort, call.timeoutMs);
    },
    end(): void {
      clearTimeout(stalled);
      outgoing.off('drain', onDrain);
      outgoing.off('close', onClose);
    },
  };
}

/** One try: resolves when the answer is through or nobody wants it, rejects when there is none. */
function exchange(pool: Pool, call: UpstreamCall, outgoing: ServerResponse): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let answered: number | undefined;
    const caller = followCaller(call, outgoing, () => answered !== undefined);
    const { method, target: path, body, timeoutMs } = call;
    pool.dispatch(
      {
        method,
        path,
        headers: call.headers(),
        body,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      },
      {
        onRequestStart: caller.begin,
        onResponseStart(given, status, headers) {
          if (status < 200) return;
          if (call.refuses(status)) given.abort(new Error(`the core answered ${status}`));
          else {
            answered = status;
            writeAnswerHead(call, outgoing, status, headers);
          }
        },
        onResponseData(_given, chunk) {
          if (!outgoing.destroyed && !outgoing.write(chunk)) caller.wait();
        },
        onResponseEnd() {
          caller.end();
          outgoing.end();
          resolve(answered ?? 'abandoned');
        },
        onResponseError(_given, error) {
          caller.end();
          if (!answered && error !== callerGone) return reject(error);
          // Half an answer is cut off, so that nobody takes it for a whole one.
          outgoing.destroy();
          resolve(answered ?? 'abandoned');
        },
      },
    );
  });
}

export function createUpstream(options: UpstreamOptions): Upstream {
  const { maxCalls = 4_096, now = Date.now } = options;
  const pool = new Pool(options.url, {
    connections: options.connections ?? 128,
    pipelining: 1,
    connect: { timeout: options.connectTimeoutMs ?? 1_000 },
    keepAliveTimeout: options.keepAliveTimeoutMs ?? 5_000,
    keepAliveMaxTimeout: options.keepAliveTimeoutMs ?? 5_000,
  });
  const breaker = createBreaker({ now });
  let calls = 0;

  async function sendTwice(call: UpstreamCall, outgoing: ServerResponse): Promise<Outcome> {
    try {
      return await exchange(pool, call, outgoing);
    } catch (error) {
      if (!call.repeatable || !isReset(error) || outgoing.headersSent) throw error;
      return await exchange(pool, call, outgoing);
    }
  }

  function refuse(why: string): never {
    const retryAfterSeconds = Math.max(1, Math.ceil(breaker.waitMs() / 1_000));
    throw new Problem('unavailable', { retryAfterSeconds, cause: new Error(why) });
  }

  return {
    async send(call, outgoing) {
      if (calls >= maxCalls) refuse('too many calls under way');
      if (!breaker.enter()) refuse('the breaker is open');
      calls += 1;
      try {
        const outcome = await sendTwice(call, outgoing);
        breaker.report(outcome === 'abandoned' ? outcome : 'answered');
        return outcome;
      } catch (error) {
        const problem = failureProblem(error);
        // What is wrong with a body that streams says nothing about the core.
        const isCallers = problem.status < 500;
        if (isCallers) breaker.report('abandoned');
        else breaker.report(problem.code === 'bad-gateway' ? 'answered' : 'failed');
        throw problem;
      } finally {
        calls -= 1;
      }
    },
    close: () => pool.close(),
  };
}
