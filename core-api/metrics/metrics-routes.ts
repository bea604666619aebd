import express, { type Router } from 'express';
import type { MetricsPage } from '../../shared/metrics.ts';

/** For whoever watches the process: guarded by a token of its own, not by an assertion. */
export function metricsRoutes(page: MetricsPage): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  router.get('/metrics', async (request, response) => {
    const { contentType, body } = await page.read(request.headers.authorization);
    response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
  });
  return router;
}
