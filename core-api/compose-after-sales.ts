import type { Logger } from '../shared/logger.ts';
import { createBell } from './bell.ts';
import { createCancellationRepository } from './cancellations/cancellation-repository.ts';
import { cancellationRoutes } from './cancellations/cancellation-routes.ts';
import {
  type CancellationService,
  createCancellationService,
} from './cancellations/cancellation-service.ts';
import { createGiveBack, type GiveBack } from './cancellations/give-back.ts';
import { type ChargeDesk, createChargeDesk } from './charges/charge-desk.ts';
import { createChargeRepository } from './charges/charge-repository.ts';
import { chargeRoutes } from './charges/charge-routes.ts';
import { type ChargeService, createChargeService } from './charges/charge-service.ts';
import type { PaymentProvider } from './charges/payment-provider.ts';
import type { Database } from './db/database.ts';
import type { Bind } from './http/bind.ts';
import type { Idempotency } from './idempotency/idempotency-service.ts';
import type { Job } from './jobs/jobs.ts';
import type { Outbox } from './outbox/outbox.ts';
import { createPayBatchRepository } from './payments/pay-batch-repository.ts';
import { createLedgerRepository } from './points/ledger-repository.ts';
import type { LedgerService } from './points/ledger-service.ts';
import type { ReservationRepository } from './reservations/reservation-repository.ts';

export interface AfterSalesDeps {
  database: Database;
  outbox: Outbox;
  reservations: Pick<ReservationRepository, 'holdsLeft'>;
  idempotency: Idempotency;
  ledger: LedgerService;
  provider: PaymentProvider;
  pointBalanceMax: number;
  logger: Logger;
}

/** What comes before and after a sale: points for money, dates that are called off. */
export interface AfterSales {
  charges: ChargeService;
  chargeDesk: ChargeDesk;
  cancellations: CancellationService;
  giveBack: GiveBack;
  jobs: readonly Job[];
  routes(bind: Bind): void;
}

function composeCancellations({ database, outbox, reservations }: AfterSalesDeps) {
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
  const job: Job = { name: 'give-back', everyMs: 1_000, run: giveBack, onWake: bell.onRing };
  return { cancellations, giveBack, job };
}

function composeCharges(deps: AfterSalesDeps) {
  const { database, ledger, idempotency, provider, pointBalanceMax, logger } = deps;
  const bell = createBell();
  const rows = createChargeRepository(database);
  const charges = createChargeService({
    database,
    charges: rows,
    ledgerRows: createLedgerRepository(),
    ledger,
    idempotency,
    provider,
    pointBalanceMax,
    wake: bell.ring,
  });
  const chargeDesk = createChargeDesk({ database, charges: rows, provider, logger });
  const job: Job = { name: 'charges', everyMs: 1_000, run: chargeDesk, onWake: bell.onRing };
  return { charges, chargeDesk, job };
}

export function composeAfterSales(deps: AfterSalesDeps): AfterSales {
  const { job: giveBackJob, ...cancelling } = composeCancellations(deps);
  const { job: chargeJob, ...charging } = composeCharges(deps);
  return {
    ...cancelling,
    ...charging,
    jobs: [giveBackJob, chargeJob],
    routes: (bind) => {
      chargeRoutes(bind, charging.charges);
      cancellationRoutes(bind, cancelling.cancellations);
    },
  };
}
