import type { Server, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { Problem } from '../../shared/problems.ts';
import { answerClientError, endWithProblem } from './client-error.ts';
import { sendProblem } from './problem-response.ts';
import { requestIdHeader, requestIdOf } from './request-id.ts';

/** What node keeps from the listener and would answer without a word, or not at all. */
export function answerOddRequests(server: Server): void {
  server.on('clientError', answerClientError);
  // RFC 9110 §9.3.6: a tunnel is for proxies.
  server.on('connect', (request, socket: Duplex | ServerResponse) => {
    // In HTTP/2 the tunnel would be a stream, and there is an answer to write.
    if (!(socket instanceof Duplex)) {
      const id = requestIdOf(request.headers[requestIdHeader]);
      return sendProblem(socket, new Problem('method-not-allowed'), id);
    }
    socket.on('error', () => socket.destroy());
    endWithProblem(socket, new Problem('method-not-allowed'));
  });
  // RFC 9110 §10.1.1: node itself says yes to 100-continue, this is anything else.
  server.on('checkExpectation', ({ headers }, outgoing) => {
    outgoing.setHeader('connection', 'close');
    const problem = new Problem('invalid-request', { detail: 'expect is not taken' });
    sendProblem(outgoing, problem, requestIdOf(headers[requestIdHeader]));
  });
}
