import type { Charge } from '../../shared/contracts/points.ts';
import type { PaymentNotice, PaymentNoticeReply } from '../../shared/contracts/points.ts';
import { Problem } from '../../shared/problems.ts';
import type { Database } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Idempotency, KeyedReply } from '../idempotency/idempotency-service.ts';
import type { LedgerRepository } from '../points/ledger-repository.ts';
import type { ChargeCall, LedgerService } from '../points/ledger-service.ts';
import type { ChargeRepository } from './charge-repository.ts';
import { settle } from './charge-rules.ts';
import type { PaymentProvider, ProviderCall } from './payment-provider.ts';

export interface ChargeService {
  /**
   * 201 `{point, pointHistoryId}` where the provider confirms at once, else 202 with the charge.
   * @throws Problem `invalid-request`, `point-limit-exceeded`.
   */
  begin(call: ChargeCall): Promise<KeyedReply>;
  /** @throws Problem `not-found`, also for another account's. */
  get(userId: string, chargeId: string): Promise<Charge>;
  /**
   * What the provider says: credited exactly once, however often it says so.
   * @throws Problem `signature-invalid`, `not-found`, then those of `settle`.
   */
  notice(call: ProviderCall, notice: PaymentNotice): Promise<PaymentNoticeReply>;
}

export interface ChargeServiceDeps {
  database: Database;
  charges: ChargeRepository;
  ledgerRows: LedgerRepository;
  ledger: LedgerService;
  idempotency: Idempotency;
  provider: PaymentProvider;
  pointBalanceMax: number;
  /** There is a charge to tell the provider of. */
  wake: () => void;
}

/** How long a charge waits for its money. */
const chargeSeconds = 1_800;

export function createChargeService(deps: ChargeServiceDeps): ChargeService {
  const { database, charges, ledgerRows, ledger, idempotency, provider, wake } = deps;

  async function open(tx: Tx, { userId, amount }: ChargeCall): Promise<Charge> {
    const { point } = await ledgerRows.lockAccount(tx, userId);
    const pending = await charges.pendingPoints(tx, userId);
    if (point + pending + amount > deps.pointBalanceMax) throw new Problem('point-limit-exceeded');
    return charges.add(tx, { userId, amount, seconds: chargeSeconds });
  }

  async function beginPending(call: ChargeCall): Promise<KeyedReply> {
    ledger.checkAmount(call.amount);
    const { userId, amount, idempotencyKey: key, signal } = call;
    const input = { params: {}, body: { amount } };
    const keyed = { userId, callName: 'chargePoint', key, input, status: 202 } as const;
    const reply = await idempotency.settle(keyed, () =>
      idempotency.transaction(keyed, (tx) => open(tx, call), { signal }),
    );
    wake();
    return reply;
  }

  /** Account, then charge: the order of everybody who moves points. */
  async function settleIn(tx: Tx, userId: string, notice: PaymentNotice): Promise<void> {
    const { chargeId, amount, reference = null } = notice;
    const account = await ledgerRows.lockAccount(tx, userId);
    const locked = await charges.lock(tx, chargeId);
    if (!locked) throw new Problem('not-found');
    const change = settle(locked, notice);
    if (change === 'fail') await charges.fail(tx, chargeId, reference);
    if (change !== 'credit') return;
    // No look at the largest balance: it was looked at before the money was taken.
    const entry = { amount, type: 'CHARGE', paymentId: null } as const;
    const { firstHistoryId: historyId } = await ledgerRows.post(tx, account, [entry]);
    const isCredited = await charges.credit(tx, chargeId, { historyId, reference });
    if (!isCredited) throw new Problem('charge-closed');
  }

  async function find(chargeId: string) {
    const found = await charges.find(chargeId);
    if (!found) throw new Problem('not-found');
    return found;
  }

  return {
    begin: (call) => (provider.confirmsAtOnce ? ledger.charge(call) : beginPending(call)),
    get: async (userId, chargeId) => {
      const { userId: owner, ...charge } = await find(chargeId);
      if (owner !== userId) throw new Problem('not-found');
      return charge;
    },
    notice: async (call, notice) => {
      if (provider.confirmsAtOnce || !provider.isFrom(call)) throw new Problem('signature-invalid');
      const { chargeId } = notice;
      const { userId } = await find(chargeId);
      await database.transaction((tx) => settleIn(tx, userId, notice));
      return { chargeId, status: (await find(chargeId)).status };
    },
  };
}
