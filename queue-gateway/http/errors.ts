import { TrieRouter } from 'hono/router/trie-router';
import { publicEndpoints } from '../../shared/contracts/index.ts';
import type { Logger } from '../../shared/logger.ts';
import { Problem, toProblem } from '../../shared/problems.ts';
import { type EdgeApp, toRoutePath } from './edge-env.ts';
import { problemResponse } from './problem-response.ts';

/** Whatever was thrown as what the caller reads: fixed words; what happened goes to the log. */
export type ToAnswer = (thrown: unknown, requestId: string) => Problem;

export function createToAnswer(log: Logger): ToAnswer {
  return function toAnswer(thrown, requestId) {
    const problem = toProblem(thrown);
    const { code, cause: err } = problem;
    if (problem.status < 500) log.debug({ requestId, code, err }, 'request refused');
    else log[code === 'internal' ? 'error' : 'warn']({ requestId, code, err }, 'request failed');
    return problem;
  };
}

export function handleErrors(app: EdgeApp, toAnswer: ToAnswer): void {
  app.onError((thrown, c) => {
    const { requestId } = c.env;
    return problemResponse(toAnswer(thrown, requestId), requestId);
  });
}

/**
 * What no route took: 405 with `Allow` on a known path, else 404. Asked only then, so that known
 * calls have one handler and nothing to pass on. Paths beside the contracts (pages, documents) are
 * given as `more`, with their methods.
 */
export function answerUnknown(
  app: EdgeApp,
  more: Iterable<readonly [path: string, methods: readonly string[]]> = [],
): void {
  const methods = new Map<string, Set<string>>();
  for (const { method, path } of publicEndpoints) {
    const known = methods.get(path) ?? new Set<string>();
    known.add(method);
    if (method === 'GET') known.add('HEAD');
    methods.set(path, known);
  }
  for (const [path, known] of more) methods.set(path, new Set(known));
  const router = new TrieRouter<string>();
  for (const [path, known] of methods) router.add('ALL', toRoutePath(path), [...known].join(', '));

  app.notFound((c) => {
    const [[first]] = router.match('ALL', c.req.path);
    const allow = first?.[0];
    const isOther = allow !== undefined && !allow.split(', ').includes(c.req.method);
    const code = isOther ? 'method-not-allowed' : 'not-found';
    const response = problemResponse(new Problem(code), c.env.requestId);
    if (isOther) response.headers.set('allow', allow);
    return response;
  });
}
