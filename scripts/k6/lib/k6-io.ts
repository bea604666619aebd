import http from 'k6/http';
import { Counter, Gauge, Trend } from 'k6/metrics';
import { setTimeout } from 'k6/timers';
import {
  callNames,
  type CallRequest,
  countNames,
  type FanIo,
  gaugeNames,
  isExpected,
  type Reply,
  spanNames,
} from '../../load/io.ts';

/** k6 wants every metric to be there before the first fan arrives. */
function metrics<Name extends string, Metric>(
  names: readonly Name[],
  make: (name: Name) => Metric,
): Record<Name, Metric> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Metric>;
}

const calls = metrics(callNames, (name) => new Trend(`call_${name}`, true));
const spans = metrics(spanNames, (name) => new Trend(name, true));
const counts = metrics(countNames, (name) => new Counter(name));
const gauges = metrics(gaugeNames, (name) => new Gauge(name));

// A refusal that was expected is no failure of HTTP.
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 499 }));

function headersOf({ accessToken, queueToken, body }: CallRequest): Record<string, string> {
  return {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    ...(queueToken === undefined ? {} : { 'x-queue-token': queueToken }),
  };
}

let hasToldOfOne = false;

/** The journeys over k6: its HTTP client, its clock, its metrics. */
export function createK6Io(gatewayUrl: string): FanIo {
  return {
    call: async <Body>(name: (typeof callNames)[number], request: CallRequest) => {
      const { method, path, body } = request;
      const answer = await http.asyncRequest(
        method,
        `${gatewayUrl}${path}`,
        body === undefined ? null : JSON.stringify(body),
        { headers: headersOf(request), tags: { name }, timeout: '30s' },
      );
      calls[name].add(answer.timings.duration);
      const reply = { status: answer.status, body: jsonOf(answer.body) } as Reply<Body>;
      if (!isExpected(request, reply)) {
        counts.unexpected.add(1);
        // Once for each virtual user: the summary of k6 has no room for words.
        if (!hasToldOfOne) console.error(`unexpected: ${name} ${answer.status} ${answer.error}`);
        hasToldOfOne = true;
      }
      return reply;
    },
    waitMs: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
    nowMs: () => Date.now(),
    random: () => Math.random(),
    count: (name, by = 1) => counts[name].add(by),
    note: (name, ms) => spans[name].add(ms),
    gauge: (name, value) => gauges[name].add(value),
  };
}

function jsonOf(text: unknown): unknown {
  return typeof text === 'string' && text.startsWith('{') ? JSON.parse(text) : undefined;
}
