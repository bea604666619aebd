import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { Problem, problemMediaType } from '../../shared/problems.ts';
import { endLingering } from './linger.ts';

/**
 * What the HTTP parser refused, or what did not arrive in time, has no request to answer; the
 * words go to the socket as they are and it closes. Headers too large and a request too slow
 * keep their own status (RFC 6585 §5, RFC 9110 §15.5.9), everything else is 400.
 */
const statusByError: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

export function answerClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = statusByError[error.code ?? ''] ?? 400;
  endWithProblem(socket, new Problem('invalid-request', { cause: error }), status);
}

/** A problem where there is a socket and nothing else, and the end of it. */
export function endWithProblem(socket: Duplex, problem: Problem, status = problem.status): void {
  const body = JSON.stringify({ ...problem.body(randomUUID()), status });
  endLingering(
    socket,
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      `Content-Type: ${problemMediaType}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
