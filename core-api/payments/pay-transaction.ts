import type { Payment } from '../../shared/contracts/payments.ts';
import { Problem } from '../../shared/problems.ts';
import type { Tx } from '../db/transaction.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { LedgerRepository } from '../points/ledger-repository.ts';
import type { ReservationRepository } from '../reservations/reservation-repository.ts';
import type { PaymentRepository } from './payment-repository.ts';
import { checkPay } from './payment-rules.ts';

/** What an account wants to pay. */
export interface PayWish {
  userId: string;
  concertId: string;
  /** The entry whose active token came with the call. */
  entryId: string | null;
  reservationIds: readonly string[];
}

export interface Paid {
  payments: Payment[];
  point: number;
}

export interface PayTransactionDeps {
  payments: PaymentRepository;
  reservations: Pick<ReservationRepository, 'holdsLeft'>;
  ledger: LedgerRepository;
  outbox: Outbox;
}

/** The transaction of a payment; rolled back on whatever is thrown. */
export async function payIn(
  tx: Tx,
  { payments, reservations, ledger, outbox }: PayTransactionDeps,
  call: PayWish,
): Promise<Paid> {
  const { userId, concertId, entryId } = call;
  const account = await ledger.lockAccount(tx, userId);
  const payable = await payments.payable(tx, call);
  const amount = checkPay(call.reservationIds, payable, account.point);
  const reservationIds = payable.map(({ reservationId }) => reservationId);
  if (!(await payments.confirm(tx, [userId], payable))) {
    throw new Problem('hold-expired', { extra: { reservationIds } });
  }
  const owned = payable.map((one) => ({ ...one, userId }));
  const made = await payments.insert(tx, account, owned);
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
