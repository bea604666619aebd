import { publicEndpoints } from '../../shared/contracts/index.ts';
import type { Logger } from '../../shared/logger.ts';
import { Problem, toProblem } from '../../shared/problems.ts';
import { type EdgeApp, toRoutePath } from './edge-env.ts';
import { problemResponse } from './problem-response.ts';

/** The one error handler: fixed words to the caller, what happened to the log. */
export function handleErrors(app: EdgeApp, log: Logger): void {
  app.onError((thrown, c) => {
    const problem = toProblem(thrown);
    const { requestId } = c.env;
    if (problem.status >= 500) {
      const level = problem.code === 'internal' ? 'error' : 'warn';
      log[level]({ requestId, code: problem.code, err: problem.cause }, 'request failed');
    } else {
      log.debug({ requestId, code: problem.code, err: problem.cause }, 'request refused');
    }
    return problemResponse(problem, requestId);
  });
  app.notFound((c) => problemResponse(new Problem('not-found'), c.env.requestId));
}

/**
 * 405 with `Allow` for every known path, so bind it after everything else. Paths beside the
 * contracts (pages, documents) are given as `more`.
 */
export function refuseOtherMethods(app: EdgeApp, more: readonly string[] = []): void {
  const methods = new Map<string, Set<string>>();
  for (const { method, path } of publicEndpoints) {
    const known = methods.get(path) ?? new Set<string>();
    known.add(method);
    if (method === 'GET') known.add('HEAD');
    methods.set(path, known);
  }
  for (const path of more) methods.set(path, new Set(['GET', 'HEAD']));
  for (const [path, known] of methods) {
    const allow = [...known].join(', ');
    app.all(toRoutePath(path), (c) => {
      const response = problemResponse(new Problem('method-not-allowed'), c.env.requestId);
      response.headers.set('allow', allow);
      return response;
    });
  }
}
