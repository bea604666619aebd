import { composeSales } from '../../core-api/compose-sales.ts';
import type { Outside } from '../../core-api/compose-outside.ts';
import type { Database } from '../../core-api/db/database.ts';
import { createIdempotencyRepository } from '../../core-api/idempotency/idempotency-repository.ts';
import { createNoLocks } from '../../core-api/lock/lock-service.ts';
import { createMetricsRepository } from '../../core-api/metrics/metrics-repository.ts';
import { createOutboxRepository } from '../../core-api/outbox/outbox-repository.ts';
import { createRelay } from '../../core-api/outbox/relay.ts';
import { createFoldCounts } from '../../core-api/schedules/fold-counts.ts';
import { createSeatCountRepository } from '../../core-api/schedules/seat-count-repository.ts';
import { createDeliveryRepository } from '../../core-api/webhooks/delivery-repository.ts';
import { createWebhookRepository } from '../../core-api/webhooks/webhook-repository.ts';
import type { Logger } from '../../shared/logger.ts';

export interface JobWorld {
  database: Database;
  outside: Outside;
  logger: Logger;
}

const batchMax = 500;

/** What the core does by itself, once each; `record` is told after each. */
export async function runJobs(
  { database, outside, logger }: JobWorld,
  record: (name: string) => Promise<void>,
): Promise<void> {
  const outbox = createOutboxRepository(database);
  const delivery = { deliver: () => Promise.resolve('delivered' as const) };
  const { fanOut } = createDeliveryRepository(database);
  const sales = composeSales({
    database,
    locks: createNoLocks(),
    logger,
    delivery: { ...delivery, close: () => Promise.resolve() },
    holdSeconds: 300,
    pointChargeMax: 1,
    pointBalanceMax: 1,
    outside,
  });
  const { afterSales } = sales;
  const job = async (name: string, run: () => Promise<unknown>): Promise<void> => {
    await run();
    await record(`job: ${name}`);
  };

  await job('expiry', sales.expiry.expireOverdue);
  const now = () => performance.now();
  await job('relay', createRelay({ database, outbox, delivery, fanOut, logger, now }).deliverDue);
  await job('webhooks', async () => {
    await afterSales.courier.run();
    await afterSales.courier.close();
  });
  await job('give-back', afterSales.giveBack);
  await job('charges', afterSales.chargeDesk);
  const { transaction } = database;
  const counts = createSeatCountRepository(database);
  await job('seat counts', createFoldCounts({ counts, transaction }));
  await job('tidy', async () => {
    await createIdempotencyRepository(database).removeOlderThan({ hours: 24, batchMax });
    await outbox.removeDelivered({ olderThanHours: 72, batchMax });
    await createWebhookRepository(database).tidy(batchMax);
  });
  const metrics = createMetricsRepository(database);
  await job('metrics', () =>
    Promise.all([metrics.outbox(), metrics.overdueHolds(), metrics.holders()]),
  );
}
