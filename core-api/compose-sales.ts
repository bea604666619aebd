import type { Logger } from '../shared/logger.ts';
import { type AfterSales, composeAfterSales } from './compose-after-sales.ts';
import type { Outside } from './compose-outside.ts';
import type { Database } from './db/database.ts';
import type { Bind } from './http/bind.ts';
import { createIdempotencyRepository } from './idempotency/idempotency-repository.ts';
import { createIdempotency, type Idempotency } from './idempotency/idempotency-service.ts';
import { createJobs, type Job, type Jobs } from './jobs/jobs.ts';
import type { LockService } from './lock/lock-service.ts';
import type { EventDelivery } from './outbox/event-delivery.ts';
import { createOutbox, type Outbox } from './outbox/outbox.ts';
import { createOutboxRepository } from './outbox/outbox-repository.ts';
import { createParkedRepository } from './outbox/parked-repository.ts';
import { parkedRoutes } from './outbox/parked-routes.ts';
import { createRelay } from './outbox/relay.ts';
import { createPayBatch } from './payments/pay-batch.ts';
import { createPayBatchRepository } from './payments/pay-batch-repository.ts';
import { createPaymentRepository } from './payments/payment-repository.ts';
import { paymentRoutes } from './payments/payment-routes.ts';
import { createPaymentService, type PaymentService } from './payments/payment-service.ts';
import { createLedgerBatchRepository } from './points/ledger-batch-repository.ts';
import { createLedgerRepository } from './points/ledger-repository.ts';
import { createLedgerService, type LedgerService } from './points/ledger-service.ts';
import { createExtendRepository } from './reservations/extend-repository.ts';
import { createExtendService, type ExtendService } from './reservations/extend-service.ts';
import { createExpireHolds } from './reservations/expire-holds.ts';
import { createExpiryRepository } from './reservations/expiry-repository.ts';
import { createExpiryService, type ExpiryService } from './reservations/expiry-service.ts';
import { createHoldBatch } from './reservations/hold-batch.ts';
import { createHoldBatchRepository } from './reservations/hold-batch-repository.ts';
import { createHoldRepository } from './reservations/hold-repository.ts';
import { createHoldService, type HoldService } from './reservations/hold-service.ts';
import { createHoldTransaction } from './reservations/hold-transaction.ts';
import { createPickRepository } from './reservations/pick-repository.ts';
import { createPickSeats } from './reservations/pick-seats.ts';
import { createReservationRepository } from './reservations/reservation-repository.ts';
import { reservationRoutes } from './reservations/reservation-routes.ts';
import { createFoldCounts } from './schedules/fold-counts.ts';
import { createSeatCountRepository } from './schedules/seat-count-repository.ts';
import { createDeliveryRepository } from './webhooks/delivery-repository.ts';
import {
  createReservationService,
  type ReservationService,
} from './reservations/reservation-service.ts';

export interface SalesDeps {
  database: Database;
  locks: LockService;
  logger: Logger;
  delivery: EventDelivery;
  holdSeconds: number;
  pointChargeMax: number;
  pointBalanceMax: number;
  outside: Outside;
}

/** What sells: holds, payments, points, and the jobs behind them. */
export interface Sales {
  holds: HoldService;
  reservations: ReservationService;
  extensions: ExtendService;
  payments: PaymentService;
  ledger: LedgerService;
  expiry: ExpiryService;
  afterSales: AfterSales;
  jobs: Jobs;
  routes(bind: Bind): void;
}

type Shared = { locks: LockService; idempotency: Idempotency; outbox: Outbox };

function composeReservations({ database, holdSeconds }: SalesDeps, shared: Shared) {
  const { idempotency, outbox } = shared;
  const holdRows = createHoldRepository();
  const reservationRows = createReservationRepository(database);
  const expireHolds = createExpireHolds({ reservations: reservationRows, outbox });
  const expiryRows = createExpiryRepository(database);
  const expiry = createExpiryService({ database, expiry: expiryRows, expireHolds, outbox });
  const pickSeats = createPickSeats(createPickRepository());
  const holdIn = createHoldTransaction({
    holds: holdRows,
    pickSeats,
    expireHolds,
    outbox,
    holdSeconds,
  });

  const holdBatch = createHoldBatch({
    holds: holdRows,
    batches: createHoldBatchRepository(),
    outbox,
    holdSeconds,
  });

  const holds = createHoldService({ ...shared, database, holds: holdRows, holdIn, holdBatch });
  const reservations = createReservationService({
    database,
    holds: holdRows,
    reservations: reservationRows,
    outbox,
  });
  const extensions = createExtendService({
    holds: holdRows,
    reservations: reservationRows,
    extensions: createExtendRepository(),
    idempotency,
    outbox,
    holdSeconds,
  });
  return { reservationRows, expiry, holds, reservations, extensions };
}

/** The selling half of the core, wired. Starts nothing: `jobs.start()` does. */
export function composeSales(deps: SalesDeps): Sales {
  const { database, locks, logger, delivery } = deps;
  const { pointChargeMax, pointBalanceMax } = deps;

  const outboxRows = createOutboxRepository(database);
  const outbox = createOutbox(outboxRows);
  const { fanOut } = createDeliveryRepository(database);
  const now = () => performance.now();
  const relay = createRelay({ database, outbox: outboxRows, delivery, fanOut, logger, now });
  const idempotencyRows = createIdempotencyRepository(database);
  const idempotency = createIdempotency({ database, repository: idempotencyRows });

  const shared = { locks, idempotency, outbox };
  const { reservationRows, ...features } = composeReservations(deps, shared);
  const points = createLedgerRepository();
  const ledgers = createLedgerBatchRepository();
  const ledger = createLedgerService({
    ...shared,
    ledger: points,
    ledgers,
    pointChargeMax,
    pointBalanceMax,
  });
  const paymentRows = createPaymentRepository(database);
  const payBatch = createPayBatch({
    payments: paymentRows,
    batches: createPayBatchRepository(),
    ledgers,
    outbox,
  });
  const payments = createPaymentService({
    ...shared,
    payments: paymentRows,
    payBatch,
    reservations: reservationRows,
    ledger: points,
  });

  const afterSales = composeAfterSales({
    ...deps,
    ...shared,
    ledger,
    reservations: reservationRows,
  });
  const { holds, reservations, extensions, expiry } = features;
  const jobsOf = { expiry, relay, outbox, outboxRows, idempotencyRows, logger };
  return {
    ...features,
    payments,
    ledger,
    afterSales,
    jobs: createJobs({ ...jobsOf, more: [...afterSales.jobs, foldCountsJob(database)] }),
    routes: (bind) => {
      reservationRoutes(bind, holds, reservations, extensions);
      paymentRoutes(bind, payments);
      afterSales.routes(bind);
      parkedRoutes(bind, createParkedRepository(database), outbox);
    },
  };
}

function foldCountsJob(database: Database): Job {
  const { transaction } = database;
  const run = createFoldCounts({ counts: createSeatCountRepository(database), transaction });
  return { name: 'seat counts', everyMs: 1_000, run };
}
