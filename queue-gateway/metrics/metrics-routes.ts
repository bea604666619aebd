import { getMetrics } from '../../shared/contracts/ops.ts';
import type { MetricsPage } from '../../shared/metrics.ts';
import type { Bind } from '../http/bind.ts';

export function metricsRoutes(bind: Bind, page: MetricsPage): void {
  bind(getMetrics, async ({ request }) => {
    const { contentType, body } = await page.read(request.header('authorization'));
    return new Response(body, {
      headers: { 'content-type': contentType, 'cache-control': 'no-store' },
    });
  });
}
