import { IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from '../../shared/logger.ts';
import { Problem } from '../../shared/problems.ts';
import type { ClientAddress } from './client-address.ts';
import type { Cors } from './cors-rules.ts';
import type { EdgeApp, EdgeBindings } from './edge-env.ts';
import type { WithRequestId } from './edge-response.ts';
import { headerFault, targetFault } from './edge-rules.ts';
import type { ToAnswer } from './errors.ts';
import { mayBeDoor, openPageDoor } from './page-door.ts';
import { createPipeline } from './pipeline.ts';
import { problemResponse, sendProblem } from './problem-response.ts';
import type { Shortcuts } from './shortcuts.ts';

export interface ListenerOptions {
  app: EdgeApp;
  shortcuts: Shortcuts;
  toAnswer: ToAnswer;
  log: Logger;
  clientAddress: ClientAddress;
  cors: Cors;
  /** While true every answer asks the caller to close the connection. */
  isDraining: () => boolean;
}

/** The server makes its answers of `edgeResponseClass`. */
const requestIdIn = (outgoing: ServerResponse): string =>
  (outgoing as ServerResponse & WithRequestId).requestId;

const takenMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Node reads HTTP/0.9 and HTTP/2.0 on a request line too, and answers them in HTTP/1.1. */
const isOtherVersion = (incoming: IncomingMessage): boolean =>
  incoming instanceof IncomingMessage && incoming.httpVersionMajor !== 1;

function firstProblem(incoming: IncomingMessage, isKnown: boolean): Problem | undefined {
  if (isOtherVersion(incoming))
    return new Problem('invalid-request', { detail: 'another version of HTTP' });
  if (!takenMethods.has(incoming.method ?? '')) return new Problem('method-not-allowed');
  const fault =
    (isKnown ? undefined : targetFault(incoming.url ?? '')) ??
    headerFault(incoming.rawHeaders, incoming.httpVersion);
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
        requestId: requestIdIn(outgoing),
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

/** The door: what comes before routing, then the shortcut or Hono. */
export function createListener(options: ListenerOptions): RequestListener {
  const { app, shortcuts, toAnswer, isDraining, clientAddress, cors } = options;
  const heads = new WeakSet<IncomingMessage>();
  const inTurn = createPipeline();
  /** Connections that close after the answer that is under way. */
  const refused = new WeakSet<Socket>();

  const bindingsOf = (incoming: IncomingMessage, outgoing: ServerResponse): EdgeBindings => ({
    incoming,
    outgoing,
    requestId: requestIdIn(outgoing),
    address: clientAddress(incoming),
    isHead: heads.has(incoming),
  });

  const toHono = getRequestListener(
    (request, env) => {
      const { incoming, outgoing } = env as { incoming: IncomingMessage; outgoing: ServerResponse };
      return app.fetch(request, bindingsOf(incoming, outgoing));
    },
    { errorHandler: (error) => problemResponse(toAnswer(error, 'unknown'), 'unknown') },
  );

  function serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    // RFC 9112 §9.6: what came behind a request that was refused here is not looked at any more.
    if (refused.has(incoming.socket)) return;
    let known = shortcuts.find(incoming);
    if (isDraining()) outgoing.setHeader('connection', 'close');
    logAnswer(options, incoming, outgoing);
    const problem = firstProblem(incoming, known !== undefined);
    if (problem) {
      if (incoming instanceof IncomingMessage) refused.add(incoming.socket);
      outgoing.setHeader('connection', 'close');
      return sendProblem(outgoing, problem, requestIdIn(outgoing));
    }
    if (answerCors(cors, incoming, outgoing)) return;
    if (mayBeDoor(incoming.url ?? '')) {
      const refusal = openPageDoor(incoming);
      if (refusal) return sendProblem(outgoing, refusal, requestIdIn(outgoing));
      known = shortcuts.find(incoming);
    }
    if (incoming.method === 'HEAD') {
      // Node has noted by now that this answer has no body. To everything behind here it is a
      // GET, also to the forward path, whose answer Hono never sees.
      heads.add(incoming);
      incoming.method = 'GET';
    }
    if (!known) return void toHono(incoming, outgoing);
    known(bindingsOf(incoming, outgoing)).catch((error: unknown) => {
      const requestId = requestIdIn(outgoing);
      sendProblem(outgoing, toAnswer(error, requestId), requestId);
    });
  }

  return function listener(incoming, outgoing) {
    if (outgoing.socket !== null) return serve(incoming, outgoing);
    if (!inTurn(incoming, outgoing, () => serve(incoming, outgoing))) incoming.socket.destroy();
  };
}
