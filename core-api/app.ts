import express, { type Express, type Router } from 'express';
import type { Logger } from '../shared/logger.ts';
import { type Bind, createBinder, type OnAnswered } from './http/bind.ts';
import { createFallback } from './http/fallback.ts';
import type { PeerCheck } from './http/peer-check.ts';
import { problemHandler } from './http/problem-handler.ts';
import { requestContext } from './http/request-context.ts';

export interface AppDeps {
  logger: Logger;
  peerCheck: PeerCheck;
  /** Hold every reply against its contract. */
  checkReplies: boolean;
  /** What strangers may ask: the state of the process. */
  openRoutes: readonly Router[];
  /** Each feature binds its own calls: `(bind) => userRoutes(bind, users)`. */
  routes: readonly ((bind: Bind) => void)[];
  onAnswered?: OnAnswered;
}

/** The core's HTTP surface over its features. Opens no port, pool or timer. */
export function createApp(deps: AppDeps): Express {
  const { logger, peerCheck, openRoutes, routes, ...binding } = deps;
  const router = express.Router({ caseSensitive: true, strict: true });
  const { bind, endpoints } = createBinder({ router, peerCheck, ...binding });
  for (const route of routes) route(bind);

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.use(requestContext(logger));
  for (const open of openRoutes) app.use(open);
  app.use(router);
  app.use(createFallback(endpoints, peerCheck));
  app.use(problemHandler(logger));
  return app;
}
