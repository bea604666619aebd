import type { LoadService } from '../health/load-service.ts';
import type { CoreMetrics } from './core-metrics.ts';
import type { MetricsRepository } from './metrics-repository.ts';

export interface CoreCollectorDeps {
  metrics: CoreMetrics;
  rows: MetricsRepository;
  load: LoadService['figures'];
}

/** Fills the gauges when somebody asks. With MySQL away its part is left out, and the rest is told. */
export function createCoreCollector({ metrics, rows, load }: CoreCollectorDeps) {
  async function readDatabase(): Promise<void> {
    const [outbox, overdue, holders] = await Promise.all([
      rows.outbox(),
      rows.overdueHolds(),
      rows.holders(),
    ]);
    metrics.outboxLag.set(outbox.lagSeconds);
    metrics.outboxWaiting.set(outbox.waiting);
    metrics.outboxParked.set(outbox.parked);
    metrics.overdue.set(overdue);
    for (const { room, people } of holders) metrics.holders.set({ room }, people);
  }

  return async (): Promise<void> => {
    const { poolWaitMs, lockWaitMs } = load();
    metrics.poolWait.set(poolWaitMs / 1_000);
    metrics.lockWait.set(lockWaitMs / 1_000);
    metrics.actingNow.reset();
    for (const [room, people] of metrics.acting.count()) metrics.actingNow.set({ room }, people);
    for (const name of ['outboxLag', 'outboxWaiting', 'outboxParked', 'overdue'] as const)
      metrics[name].remove();
    metrics.holders.reset();
    await readDatabase().catch(() => undefined);
  };
}
