import { setTimeout as delay } from 'node:timers/promises';
import { type Agent, request as send } from 'undici';
import { type CallName, type CallRequest, type FanIo, isExpected, type Reply } from '../io.ts';
import { type EventStreamDeps, listenToEvents } from './event-stream.ts';
import type { Tally } from './tally.ts';

/** A fan's calls over undici, its latencies into the worker's tally. */
export function createNativeIo(deps: {
  gatewayUrl: string;
  dispatcher: Agent;
  tally: Tally;
  /**
   * Unix time in ms at which this fan was to arrive. The first call is measured from there, as each
   * that follows a pause is from the pause's end: a driver that is late must not make the system
   * look fast ("coordinated omission", Gil Tene, How NOT to Measure Latency, 2015).
   */
  dueAtMs: number;
  /** Fans wait by events. */
  listens?: boolean;
}): FanIo {
  const { gatewayUrl, dispatcher, tally } = deps;
  let fromMs: number | undefined = deps.dueAtMs;

  return {
    call: async <Body>(name: CallName, request: CallRequest): Promise<Reply<Body>> => {
      const startedAtMs = fromMs ?? preciseNowMs();
      fromMs = undefined;
      const reply = await ask<Body>(`${gatewayUrl}${request.path}`, dispatcher, request);
      tally.time(`call_${name}`, preciseNowMs() - startedAtMs);
      if (!isExpected(request, reply)) {
        tally.count('unexpected', 1);
        tally.unexpected(`${name} ${reply.status}`);
      }
      return reply;
    },
    waitMs: async (ms) => {
      fromMs = preciseNowMs() + ms;
      await delay(ms);
      // A timer may be early by less than its grain; nothing was asked yet.
      fromMs = Math.min(fromMs, preciseNowMs());
    },
    ...(deps.listens
      ? { listen: (request) => listenToEvents(streamDeps(gatewayUrl, tally), request) }
      : {}),
    nowMs: preciseNowMs,
    random: Math.random,
    count: (name, by = 1) => tally.count(name, by),
    note: (name, ms) => tally.time(name, ms),
    gauge: (name, value) => tally.gauge(name, value),
  };
}

const streamDeps = (gatewayUrl: string, tally: Tally): EventStreamDeps => ({
  gatewayUrl,
  onOpen: (tookMs) => tally.time('call_events', tookMs),
  onEvent: () => tally.count('stream_events', 1),
  onReconnect: () => tally.count('stream_reconnects', 1),
  onRefused: (status) => {
    tally.count('unexpected', 1);
    tally.unexpected(`events ${status}`);
  },
});

/** Unix time in ms with fractions; `Date.now` has none. */
export const preciseNowMs = (): number => performance.timeOrigin + performance.now();

async function ask<Body>(
  url: string,
  dispatcher: Agent,
  { method, accessToken, queueToken, body }: CallRequest,
): Promise<Reply<Body>> {
  try {
    const answer = await send(url, {
      method,
      dispatcher,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
        ...(queueToken === undefined ? {} : { 'x-queue-token': queueToken }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    const isJson = text.startsWith('{');
    return {
      status: answer.statusCode,
      body: isJson ? (JSON.parse(text) as Body) : undefined,
    };
  } catch {
    return { status: 0, body: undefined };
  }
}
