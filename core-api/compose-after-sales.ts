import { randomBytes, randomUUID } from 'node:crypto';
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
import type { Outside } from './compose-outside.ts';
import type { Database } from './db/database.ts';
import type { Bind } from './http/bind.ts';
import type { Idempotency } from './idempotency/idempotency-service.ts';
import type { Job } from './jobs/jobs.ts';
import type { Outbox } from './outbox/outbox.ts';
import { createLedgerBatchRepository } from './points/ledger-batch-repository.ts';
import { createLedgerRepository } from './points/ledger-repository.ts';
import type { LedgerService } from './points/ledger-service.ts';
import type { ReservationRepository } from './reservations/reservation-repository.ts';
import { type Courier, createCourier } from './webhooks/courier.ts';
import { createDeliveryRepository } from './webhooks/delivery-repository.ts';
import { createWebhookRepository } from './webhooks/webhook-repository.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';
import { newSecret } from './webhooks/webhook-sender.ts';
import { createWebhookService, type WebhookService } from './webhooks/webhook-service.ts';

const secretBytes = 32;
const tidyBatchMax = 500;

export interface AfterSalesDeps {
  database: Database;
  outbox: Outbox;
  reservations: Pick<ReservationRepository, 'holdsLeft'>;
  idempotency: Idempotency;
  ledger: LedgerService;
  outside: Outside;
  pointBalanceMax: number;
  logger: Logger;
}

/** What comes before and after a sale: points for money, dates called off, who is told of it. */
export interface AfterSales {
  charges: ChargeService;
  chargeDesk: ChargeDesk;
  cancellations: CancellationService;
  giveBack: GiveBack;
  webhooks: WebhookService;
  courier: Courier;
  jobs: readonly Job[];
  routes(bind: Bind): void;
}

function composeCancellations({ database, outbox, reservations }: AfterSalesDeps) {
  const bell = createBell();
  const rows = createCancellationRepository(database);
  const giveBack = createGiveBack({
    database,
    cancellations: rows,
    ledgers: createLedgerBatchRepository(),
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
  const { database, ledger, idempotency, pointBalanceMax, logger } = deps;
  const { provider } = deps.outside;
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

function composeWebhooks({ database, outside, logger }: AfterSalesDeps) {
  const { sender, addresses } = outside;
  const bell = createBell();
  const rows = createWebhookRepository(database);
  const webhooks = createWebhookService({
    webhooks: rows,
    addresses,
    newSecret: () => newSecret(randomBytes(secretBytes)),
    wake: bell.ring,
  });
  const courier = createCourier({
    database,
    deliveries: createDeliveryRepository(database),
    sender,
    newClaim: randomUUID,
    wake: bell.ring,
    logger,
  });
  const { run, close } = courier;
  const jobs: Job[] = [
    { name: 'webhooks', everyMs: 500, run, onWake: bell.onRing, close },
    {
      name: 'webhook tidy',
      everyMs: 60_000,
      run: async () => ((await rows.tidy(tidyBatchMax)) ? 'more' : 'idle'),
    },
  ];
  return { webhooks, courier, jobs };
}

export function composeAfterSales(deps: AfterSalesDeps): AfterSales {
  const { job: giveBackJob, ...cancelling } = composeCancellations(deps);
  const { job: chargeJob, ...charging } = composeCharges(deps);
  const { jobs: webhookJobs, ...telling } = composeWebhooks(deps);
  return {
    ...cancelling,
    ...charging,
    ...telling,
    jobs: [giveBackJob, chargeJob, ...webhookJobs],
    routes: (bind) => {
      chargeRoutes(bind, charging.charges);
      cancellationRoutes(bind, cancelling.cancellations);
      webhookRoutes(bind, telling.webhooks);
    },
  };
}
