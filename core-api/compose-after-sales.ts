import { createBell } from './bell.ts';
import { createCancellationRepository } from './cancellations/cancellation-repository.ts';
import { cancellationRoutes } from './cancellations/cancellation-routes.ts';
import {
  type CancellationService,
  createCancellationService,
} from './cancellations/cancellation-service.ts';
import { createGiveBack, type GiveBack } from './cancellations/give-back.ts';
import type { Database } from './db/database.ts';
import type { Bind } from './http/bind.ts';
import type { Job } from './jobs/jobs.ts';
import type { Outbox } from './outbox/outbox.ts';
import { createPayBatchRepository } from './payments/pay-batch-repository.ts';
import type { ReservationRepository } from './reservations/reservation-repository.ts';

export interface AfterSalesDeps {
  database: Database;
  outbox: Outbox;
  reservations: Pick<ReservationRepository, 'holdsLeft'>;
}

/** What comes after a sale: dates that are called off. */
export interface AfterSales {
  cancellations: CancellationService;
  giveBack: GiveBack;
  jobs: readonly Job[];
  routes(bind: Bind): void;
}

export function composeAfterSales({ database, outbox, reservations }: AfterSalesDeps): AfterSales {
  const bell = createBell();
  const rows = createCancellationRepository(database);
  const giveBack = createGiveBack({
    database,
    cancellations: rows,
    ledgers: createPayBatchRepository(),
    reservations,
    outbox,
  });
  const cancellations = createCancellationService({
    database,
    cancellations: rows,
    outbox,
    wake: bell.ring,
  });
  return {
    cancellations,
    giveBack,
    jobs: [{ name: 'give-back', everyMs: 1_000, run: giveBack, onWake: bell.onRing }],
    routes: (bind) => cancellationRoutes(bind, cancellations),
  };
}
