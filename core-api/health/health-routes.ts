import express, { type Response, type Router } from 'express';
import { getLoad } from '../../shared/contracts/internal.ts';
import { writeAnswer } from '../http/answer.ts';
import type { Bind } from '../http/bind.ts';
import type { HealthService } from './health-service.ts';
import type { LoadService } from './load-service.ts';

/** For whoever watches the process; the only calls without an assertion. */
export function openHealthRoutes(health: HealthService): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  const write = (response: Response, status: number, body: unknown): void =>
    writeAnswer(response, status, { headers: { 'cache-control': 'no-store' }, body });

  router.get('/health/live', (_request, response) => write(response, 200, { status: 'ok' }));
  router.get('/health/ready', async (_request, response) => {
    const result = await health.ready();
    if (result.status === 'down') response.setHeader('retry-after', 1);
    write(response, result.status === 'ok' ? 200 : 503, result);
  });
  return router;
}

export function loadRoutes(bind: Bind, load: LoadService): void {
  bind(getLoad, () => load.figures());
}
