import type { ErrorRequestHandler } from 'express';
import type { Logger } from '../../shared/logger.ts';
import { Problem, problemMediaType, toProblem } from '../../shared/problems.ts';
import { localsOf } from './request-context.ts';

/** Express throws this for a path that is no valid percent-encoding. */
const isBadPath = (thrown: unknown): boolean =>
  thrown instanceof URIError && 'status' in thrown && thrown.status === 400;

/** The caller reads fixed words (RFC 9457); what happened goes to the log with its cause. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) return next(thrown);
    const problem = isBadPath(thrown)
      ? new Problem('invalid-request', { errors: [{ path: 'path', message: 'is not valid' }] })
      : toProblem(thrown);
    const locals = localsOf(response);
    const { requestId } = locals;
    locals.problemCode = problem.code;
    log(logger, problem, { requestId, method: request.method, path: request.path });

    const body = JSON.stringify(problem.body(requestId));
    response.statusCode = problem.status;
    response.setHeader('content-type', problemMediaType);
    response.setHeader('content-length', Buffer.byteLength(body));
    if (problem.retryAfterSeconds !== undefined) {
      response.setHeader('retry-after', problem.retryAfterSeconds);
    }
    // What is left of a refused body is not worth reading.
    if (!request.complete) response.setHeader('connection', 'close');
    response.end(body);
  };
}

function log(logger: Logger, problem: Problem, context: Record<string, string>): void {
  const { code, cause } = problem;
  if (code === 'internal') logger.error({ ...context, code, err: cause }, 'failed');
  else if (problem.status >= 500) logger.warn({ ...context, code, err: cause }, 'unavailable');
  else if (code === 'assertion-invalid') {
    const reason = cause instanceof Error ? cause.message : undefined;
    logger.warn({ ...context, code, reason }, 'refused');
  }
}
