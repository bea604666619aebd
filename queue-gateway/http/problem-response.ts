import type { ServerResponse } from 'node:http';
import { type Problem, problemMediaType } from '../../shared/problems.ts';

/** Headers of a problem answer: never cached, RFC 9110 §11.6.1 and §10.2.3. */
function problemHeaders(problem: Problem): Record<string, string> {
  const { status, retryAfterSeconds } = problem;
  return {
    'content-type': problemMediaType,
    'cache-control': 'no-store',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  };
}

/** A problem as an answer (RFC 9457). */
export function problemResponse(problem: Problem, requestId: string): Response {
  return new Response(JSON.stringify(problem.body(requestId)), {
    status: problem.status,
    headers: problemHeaders(problem),
  });
}

/** The same, straight to the socket, for what never reaches Hono. */
export function sendProblem(outgoing: ServerResponse, problem: Problem, requestId: string): void {
  const text = JSON.stringify(problem.body(requestId));
  const headers = problemHeaders(problem);
  headers['content-length'] = String(Buffer.byteLength(text));
  outgoing.writeHead(problem.status, headers);
  outgoing.end(text);
}
