import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from '../../shared/logger.ts';
import { Problem, toProblem } from '../../shared/problems.ts';
import type { ClientAddress } from './client-address.ts';
import type { Cors } from './cors-rules.ts';
import type { EdgeApp } from './edge-env.ts';
import { edgeFault } from './edge-rules.ts';
import { problemResponse, sendProblem } from './problem-response.ts';
import { requestIdHeader, requestIdOf } from './request-id.ts';

export interface ListenerOptions {
  app: EdgeApp;
  /** Set on every answer; a handler's own header of the same name wins. */
  headers: readonly (readonly [string, string])[];
  log: Logger;
  clientAddress: ClientAddress;
  cors: Cors;
  /** While true every answer asks the caller to close the connection. */
  isDraining: () => boolean;
}

const takenMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function firstProblem(incoming: IncomingMessage): Problem | undefined {
  if (!takenMethods.has(incoming.method ?? '')) return new Problem('method-not-allowed');
  const fault = edgeFault(incoming);
  return fault === undefined ? undefined : new Problem('invalid-request', { detail: fault });
}

function logAnswer(options: ListenerOptions, incoming: IncomingMessage, outgoing: ServerResponse) {
  const { log } = options;
  if (!log.isLevelEnabled('debug')) return;
  const startedAt = performance.now();
  const { method } = incoming;
  outgoing.once('close', () => {
    log.debug(
      {
        requestId: outgoing.getHeader(requestIdHeader),
        method,
        path: incoming.url?.split('?')[0],
        status: outgoing.statusCode,
        ms: Math.round(performance.now() - startedAt),
        ...(outgoing.writableFinished ? {} : { cutOff: true }),
      },
      'answered',
    );
  });
}

/** Whether that was all: a browser that asks what it may do. */
function answerCors(cors: Cors, incoming: IncomingMessage, outgoing: ServerResponse): boolean {
  const { headers, isPreflight } = cors({
    method: incoming.method,
    origin: incoming.headers.origin,
    requestedMethod: incoming.headers['access-control-request-method'],
  });
  for (const [name, value] of headers) outgoing.setHeader(name, value);
  if (isPreflight) outgoing.writeHead(204).end();
  return isPreflight;
}

/** The door: request id, fixed headers and the checks that come before routing, then Hono. */
export function createListener(options: ListenerOptions): RequestListener {
  const { app, headers, isDraining, log, clientAddress, cors } = options;
  const heads = new WeakSet<IncomingMessage>();
  const toHono = getRequestListener(
    (request, env) => {
      const { incoming, outgoing } = env as { incoming: IncomingMessage; outgoing: ServerResponse };
      const requestId = String(outgoing.getHeader(requestIdHeader));
      const isHead = heads.has(incoming);
      const address = clientAddress(incoming);
      return app.fetch(request, { incoming, outgoing, requestId, address, isHead });
    },
    {
      overrideGlobalObjects: true,
      errorHandler: (error) => {
        log.error({ err: error }, 'request fell through');
        return problemResponse(toProblem(error), 'unknown');
      },
    },
  );
  return function listener(incoming, outgoing) {
    const requestId = requestIdOf(incoming.headers[requestIdHeader]);
    outgoing.setHeader(requestIdHeader, requestId);
    for (const [name, value] of headers) outgoing.setHeader(name, value);
    if (isDraining()) outgoing.setHeader('connection', 'close');
    logAnswer(options, incoming, outgoing);
    const problem = firstProblem(incoming);
    if (problem) {
      outgoing.setHeader('connection', 'close');
      sendProblem(outgoing, problem, requestId);
      return;
    }
    if (answerCors(cors, incoming, outgoing)) return;
    if (incoming.method === 'HEAD') {
      // Node has noted by now that this answer has no body. To everything behind here it is a
      // GET, also to the forward path, whose answer Hono never sees.
      heads.add(incoming);
      incoming.method = 'GET';
    }
    void toHono(incoming, outgoing);
  };
}
