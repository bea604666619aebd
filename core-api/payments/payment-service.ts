import type { Payment } from '../../shared/contracts/payments.ts';
import { batchLimits, createBatches } from '../db/batches.ts';
import type { Page, PageQuery } from '../db/page.ts';
import type { Tx } from '../db/transaction.ts';
import type { KeyedCall } from '../idempotency/idempotency-rules.ts';
import type { Idempotency, KeyedReply } from '../idempotency/idempotency-service.ts';
import type { LockService } from '../lock/lock-service.ts';
import { pointsLock } from '../points/ledger-service.ts';
import type { PayBatch } from './pay-batch.ts';
import { createPayTogether } from './pay-together.ts';
import { payIn, type PayTransactionDeps, type PayWish } from './pay-transaction.ts';
import { checkRefund } from './payment-rules.ts';

interface Keyed {
  userId: string;
  idempotencyKey: string | undefined;
  signal: AbortSignal;
}

export type PayCall = PayWish & Keyed;

export interface RefundCall extends Keyed {
  paymentId: string;
}

export interface PaymentService {
  /** 201 `{payments, point}`. @throws Problem in the order of `checkPay`. */
  pay(call: PayCall): Promise<KeyedReply>;
  /**
   * 201 `{payment, point}`. The largest balance is no bar: these points were the account's before.
   * @throws Problem in the order of `checkRefund`.
   */
  refund(call: RefundCall): Promise<KeyedReply>;
  list(userId: string, page: PageQuery): Promise<Page<Payment>>;
}

export interface PaymentServiceDeps extends PayTransactionDeps {
  payBatch: PayBatch;
  locks: LockService;
  idempotency: Idempotency;
}

/** A call on its way, with what stands for it under its key. */
interface Pay {
  wish: PayWish;
  keyed: KeyedCall;
  signal: AbortSignal;
}

export function createPaymentService(deps: PaymentServiceDeps): PaymentService {
  const { locks, idempotency, outbox, payments } = deps;

  /** The points' lock, then one transaction, and the outbox is told. */
  async function moving(keyed: KeyedCall, signal: AbortSignal, work: (tx: Tx) => Promise<unknown>) {
    const lock = pointsLock(keyed.userId, idempotency.guard(keyed));
    const transaction = () => idempotency.transaction(keyed, work, { signal });
    const reply = await locks.withLock(lock, transaction);
    outbox.kick();
    return reply;
  }

  const batched = createBatches({
    ...batchLimits,
    keysOf: ({ wish }: Pay) => [wish.userId],
    together: createPayTogether(deps),
    alone: ({ wish, keyed, signal }) => moving(keyed, signal, (tx) => payIn(tx, deps, wish)),
  });

  return {
    pay: ({ signal, idempotencyKey: key, userId, ...call }) => {
      const { concertId, reservationIds } = call;
      const input = { params: { concertId }, body: { reservationIds } };
      const keyed = { userId, callName: 'createPayments', key, input };
      return idempotency.settle(keyed, () => batched({ wish: { userId, ...call }, keyed, signal }));
    },
    refund: ({ signal, idempotencyKey: key, userId, paymentId }) => {
      const input = { params: { paymentId }, body: null };
      const keyed = { userId, callName: 'refundPayment', key, input };
      const refund = (tx: Tx) => refundIn(tx, deps, { userId, paymentId });
      return idempotency.settle(keyed, () => moving(keyed, signal, refund));
    },
    list: (userId, page) => payments.listOf(userId, page),
  };
}

async function refundIn(
  tx: Tx,
  { payments, ledger, outbox }: PaymentServiceDeps,
  { userId, paymentId }: { userId: string; paymentId: string },
): Promise<{ payment: Payment; point: number }> {
  const account = await ledger.lockAccount(tx, userId);
  const found = await payments.refundable(tx, paymentId, userId);
  checkRefund(found);
  if (!(await payments.refund(tx, found))) {
    // Only a check-in can have come between; then that is what is told.
    checkRefund(await payments.refundable(tx, paymentId, userId));
    throw new Error('a paid seat was not sold');
  }
  const { amount } = found;
  const { point } = await ledger.post(tx, account, [{ amount, type: 'REFUND', paymentId }]);
  await outbox.append(tx, {
    type: 'payment.refunded',
    concertId: found.concertId,
    userId,
    entryId: null,
    paymentIds: [paymentId],
    reservationIds: [found.reservationId],
    amount,
  });
  return { payment: await payments.one(tx, paymentId), point };
}
