import { Problem } from '../../shared/problems.ts';

/** A reservation that its holder wants to pay. */
export interface Payable {
  reservationId: string;
  seatId: string;
  price: number;
  status: 'HELD' | 'CONFIRMED' | 'EXPIRED' | 'CANCELLED';
  isOverdue: boolean;
}

/**
 * The order in which refusals of a payment are told, each over all reservations before the next:
 * not the caller's, paid already, no longer held, too few points.
 * @returns the sum to pay.
 * @throws Problem `not-found`, `already-paid`, `hold-expired`, `insufficient-points`.
 */
export function checkPay(
  reservationIds: readonly string[],
  found: readonly Payable[],
  balance: number,
): number {
  const known = new Set(found.map(({ reservationId }) => reservationId));
  refuse(
    'not-found',
    reservationIds.filter((id) => !known.has(id)),
  );
  refuse('already-paid', idsOf(found.filter(({ status }) => status === 'CONFIRMED')));
  const lost = found.filter(({ status, isOverdue }) => status !== 'HELD' || isOverdue);
  refuse('hold-expired', idsOf(lost));
  const total = found.reduce((sum, { price }) => sum + price, 0);
  if (total > balance) throw new Problem('insufficient-points', { extra: { total, balance } });
  return total;
}

const idsOf = (found: readonly Payable[]): string[] =>
  found.map(({ reservationId }) => reservationId);

function refuse(
  code: 'not-found' | 'already-paid' | 'hold-expired',
  reservationIds: readonly string[],
): void {
  if (reservationIds.length > 0) throw new Problem(code, { extra: { reservationIds } });
}

/** A payment that its payer wants back. */
export interface Refundable {
  paymentId: string;
  reservationId: string;
  concertId: string;
  seatId: string;
  amount: number;
  status: 'COMPLETED' | 'REFUNDED';
  /** When the holder came in with the ticket. */
  checkedInAt: Date | null;
  /** The owner's deadline before the concert has not passed. */
  isRefundable: boolean;
}

/**
 * @throws Problem `not-found`, `already-refunded`, `already-checked-in`, `refund-closed`, in this
 *   order.
 */
export function checkRefund(found: Refundable | undefined): asserts found is Refundable {
  if (!found) throw new Problem('not-found');
  if (found.status === 'REFUNDED') throw new Problem('already-refunded');
  if (found.checkedInAt) {
    const checkedInAt = found.checkedInAt.toISOString();
    throw new Problem('already-checked-in', { extra: { checkedInAt } });
  }
  if (!found.isRefundable) throw new Problem('refund-closed');
}
