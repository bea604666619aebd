import { Hono } from 'hono';
import type { Logger } from '../shared/logger.ts';
import type { ProblemCode } from '../shared/problems.ts';
import { docsPaths, docsRoutes } from './docs/docs-routes.ts';
import { type ForwardOptions, forwardRoutes } from './forward/forward-routes.ts';
import { type Bind, createBind } from './http/bind.ts';
import type { EdgeApp, EdgeEnv } from './http/edge-env.ts';
import { answerUnknown, createToAnswer, handleErrors, type ToAnswer } from './http/errors.ts';
import type { Guard } from './http/guard.ts';
import type { ServiceGuard } from './http/service-guard.ts';
import { createShortcuts, type Shortcuts } from './http/shortcuts.ts';
import { pageRoutes, type PageRoutesDeps } from './pages/page-routes.ts';

export interface AppOptions {
  log: Logger;
  guard: Guard;
  serviceGuard: ServiceGuard;
  /** Each feature binds its own calls: `(bind) => healthRoutes(bind, …)`. */
  routes: readonly ((bind: Bind) => void)[];
  forward: Omit<ForwardOptions, 'guard' | 'shortcuts'>;
  pages: Omit<PageRoutesDeps, 'toAnswer'>;
  /** A call was answered with this problem. */
  onProblem: (code: ProblemCode) => void;
}

export interface EdgeSurface {
  app: EdgeApp;
  shortcuts: Shortcuts;
  toAnswer: ToAnswer;
}

/** The gateway's HTTP surface. Opens no port, pool or timer. */
export function createApp(options: AppOptions): EdgeSurface {
  const { log, guard, serviceGuard, routes, forward, pages, onProblem } = options;
  const app = new Hono<EdgeEnv>();
  const shortcuts = createShortcuts();
  const bind = createBind({ app, guard, serviceGuard, shortcuts });
  const toProblem = createToAnswer(log);
  const toAnswer: ToAnswer = (thrown, requestId) => {
    const problem = toProblem(thrown, requestId);
    onProblem(problem.code);
    return problem;
  };
  handleErrors(app, toAnswer);
  // First: a template of the line (`…/{cord}`) would take the last word of one of these for its own.
  forwardRoutes(app, { ...forward, guard, shortcuts });
  for (const route of routes) route(bind);
  docsRoutes(app, bind);
  const pagePaths = pageRoutes(app, { ...pages, toAnswer });
  answerUnknown(app, [...docsPaths, ...pagePaths]);
  return { app, shortcuts, toAnswer };
}
