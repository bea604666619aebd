import type { NextFunction, Request, Response } from 'express';
import type { Logger } from '../../shared/logger.ts';
import type { ProblemCode } from '../../shared/problems.ts';
import { requestIdHeader, requestIdOf } from './request-id.ts';

interface Locals {
  requestId: string;
  /** What the call was answered with, when it failed. */
  problemCode?: ProblemCode;
}

/** What the middleware below left for those after it. */
export const localsOf = (response: Response): Locals => response.locals as Locals;

/** Gives each request its id, echoes it, and logs the answer at debug. */
export function requestContext(logger: Logger) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const requestId = requestIdOf(request.headers[requestIdHeader]);
    localsOf(response).requestId = requestId;
    response.setHeader(requestIdHeader, requestId);
    if (logger.isLevelEnabled('debug')) logWhenDone(logger, request, response);
    next();
  };
}

/** The path alone: a query may hold what a log should not. */
function logWhenDone(logger: Logger, request: Request, response: Response): void {
  const { method, path } = request;
  const startedAt = performance.now();
  response.once('close', () => {
    logger.debug(
      {
        requestId: localsOf(response).requestId,
        method,
        path,
        status: response.statusCode,
        durationMs: Math.round(performance.now() - startedAt),
        ...(response.writableFinished ? {} : { cut: true }),
      },
      'answered',
    );
  });
}
