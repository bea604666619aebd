import { Hono } from 'hono';
import type { Logger } from '../shared/logger.ts';
import { docsPaths, docsRoutes } from './docs/docs-routes.ts';
import { type ForwardOptions, forwardRoutes } from './forward/forward-routes.ts';
import { type Bind, createBind } from './http/bind.ts';
import type { EdgeApp, EdgeEnv } from './http/edge-env.ts';
import { handleErrors, refuseOtherMethods } from './http/errors.ts';
import type { Guard } from './http/guard.ts';
import type { ServiceGuard } from './http/service-guard.ts';

export interface AppOptions {
  log: Logger;
  guard: Guard;
  serviceGuard: ServiceGuard;
  /** Each feature binds its own calls: `(bind) => healthRoutes(bind, …)`. */
  routes: readonly ((bind: Bind) => void)[];
  forward: Omit<ForwardOptions, 'app' | 'guard'>;
}

/** The gateway's HTTP surface. Opens no port, pool or timer. */
export function createApp(options: AppOptions): EdgeApp {
  const { log, guard, serviceGuard, routes, forward } = options;
  const app = new Hono<EdgeEnv>();
  const bind = createBind({ app, guard, serviceGuard });
  handleErrors(app, log);
  for (const route of routes) route(bind);
  forwardRoutes({ ...forward, app, guard });
  docsRoutes(app, bind);
  refuseOtherMethods(app, docsPaths);
  return app;
}
