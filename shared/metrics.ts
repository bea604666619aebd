import cluster from 'node:cluster';
import { createHash, timingSafeEqual } from 'node:crypto';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { Problem } from './problems.ts';

/** The metrics of one process as Prometheus reads them. */
export interface MetricsPage {
  /**
   * @param authorization the request's header.
   * @throws Problem `not-found` while no token is configured, `access-token-required`,
   *   `access-token-invalid`.
   */
  read(authorization: string | undefined): Promise<{ contentType: string; body: string }>;
}

export interface MetricsPageOptions {
  registry: Registry;
  /** `METRICS_TOKEN`; without one there is no page: open to the world it never is. */
  token: string | undefined;
  /** Fills in what is only looked up when somebody asks. What cannot be had is left out. */
  collect: () => Promise<void>;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function requireToken(token: string, authorization: string | undefined): void {
  if (authorization === undefined) throw new Problem('access-token-required');
  const given = /^Bearer ([^ ]+)$/i.exec(authorization)?.[1] ?? '';
  // Digests are of one length, and their comparison tells nothing of where they differ.
  if (!timingSafeEqual(digest(given), digest(token))) throw new Problem('access-token-invalid');
}

export function createMetricsPage(options: MetricsPageOptions): MetricsPage {
  const { registry, token, collect } = options;
  // Memory, garbage collection, event-loop lag: only for who reads them.
  if (token !== undefined) collectDefaultMetrics({ register: registry });
  return {
    async read(authorization) {
      if (token === undefined) throw new Problem('not-found');
      requireToken(token, authorization);
      await collect();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

/** Of several workers each counts for itself, and a scrape meets one of them: its series say whose. */
export function newRegistry(): Registry {
  const registry = new Registry();
  if (cluster.worker) registry.setDefaultLabels({ worker: String(cluster.worker.id) });
  return registry;
}
