import type { Payment } from '../../shared/contracts/payments.ts';
import { Problem } from '../../shared/problems.ts';
import type { Page, PageQuery } from '../db/page.ts';
import type { Tx } from '../db/transaction.ts';
import type { KeyedCall } from '../idempotency/idempotency-rules.ts';
import type { Idempotency, KeyedReply } from '../idempotency/idempotency-service.ts';
import type { LockService } from '../lock/lock-service.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { LedgerRepository } from '../points/ledger-repository.ts';
import { pointsLock } from '../points/ledger-service.ts';
import type { ReservationRepository } from '../reservations/reservation-repository.ts';
import type { PaymentRepository } from './payment-repository.ts';
import { checkPay, checkRefund } from './payment-rules.ts';

interface Keyed {
  userId: string;
  idempotencyKey: string | undefined;
  signal: AbortSignal;
}

export interface PayCall extends Keyed {
  concertId: string;
  /** The entry whose active token came with the call. */
  entryId: string | null;
  reservationIds: readonly string[];
}

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

export type PayDeps = Pick<PaymentServiceDeps, 'payments' | 'reservations' | 'ledger' | 'outbox'>;

export interface PaymentServiceDeps {
  payments: PaymentRepository;
  reservations: Pick<ReservationRepository, 'holdsLeft'>;
  ledger: LedgerRepository;
  locks: LockService;
  idempotency: Idempotency;
  outbox: Outbox;
}

export function createPaymentService(deps: PaymentServiceDeps): PaymentService {
  const { locks, idempotency, outbox, payments } = deps;

  /** The points' lock, then one transaction, and the outbox is told. */
  const moving = (keyed: KeyedCall, signal: AbortSignal, work: (tx: Tx) => Promise<unknown>) =>
    idempotency.settle(keyed, async () => {
      const lock = pointsLock(keyed.userId, idempotency.guard(keyed));
      const transaction = () => idempotency.transaction(keyed, work, { signal });
      const reply = await locks.withLock(lock, transaction);
      outbox.kick();
      return reply;
    });

  return {
    pay: ({ signal, idempotencyKey: key, userId, ...call }) => {
      const { concertId, reservationIds } = call;
      const input = { params: { concertId }, body: { reservationIds } };
      const keyed = { userId, callName: 'createPayments', key, input };
      return moving(keyed, signal, (tx) => payIn(tx, deps, { userId, ...call }));
    },
    refund: ({ signal, idempotencyKey: key, userId, paymentId }) => {
      const input = { params: { paymentId }, body: null };
      const keyed = { userId, callName: 'refundPayment', key, input };
      return moving(keyed, signal, (tx) => refundIn(tx, deps, { userId, paymentId }));
    },
    list: (userId, page) => payments.listOf(userId, page),
  };
}

/** The transaction of a payment; rolled back on whatever is thrown. */
export async function payIn(
  tx: Tx,
  { payments, reservations, ledger, outbox }: PayDeps,
  call: Omit<PayCall, keyof Keyed> & { userId: string },
): Promise<{ payments: Payment[]; point: number }> {
  const { userId, concertId, entryId } = call;
  const account = await ledger.lockAccount(tx, userId);
  const payable = await payments.payable(tx, call);
  const amount = checkPay(call.reservationIds, payable, account.point);
  const reservationIds = payable.map(({ reservationId }) => reservationId);
  if (!(await payments.confirm(tx, userId, payable))) {
    throw new Problem('hold-expired', { extra: { reservationIds } });
  }
  const made = await payments.insert(tx, { userId, ...account }, payable);
  const entries = made.map(
    (payment) => ({ amount: -payment.amount, type: 'USE', paymentId: payment.paymentId }) as const,
  );
  const { point } = await ledger.post(tx, account, entries);
  await outbox.append(tx, {
    type: 'payment.completed',
    concertId,
    userId,
    entryId,
    paymentIds: made.map(({ paymentId }) => paymentId),
    reservationIds,
    amount,
    holdsLeft: await reservations.holdsLeft(tx, userId, concertId),
  });
  return { payments: made, point };
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
