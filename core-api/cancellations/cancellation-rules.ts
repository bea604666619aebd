/** A seat of a cancelled date that belongs to somebody: held, or paid. */
export interface TakenSeat {
  seatId: string;
  reservationId: string;
  userId: string;
  entryId: string | null;
  /** Null for a hold. */
  paymentId: string | null;
  amount: number | null;
}

/** What one account gets back. */
export interface Refunded {
  userId: string;
  reservationIds: string[];
  payments: { paymentId: string; amount: number }[];
}

/** What one event tells of holds: those of an account that were made from one entry. */
export interface Released {
  userId: string;
  entryId: string | null;
  reservationIds: string[];
}

/** A batch of seats by account, and its holds by the entry they were made from. */
export function groupTaken(taken: readonly TakenSeat[]): {
  refunded: Refunded[];
  released: Released[];
} {
  const refunded = new Map<string, Refunded>();
  const released = new Map<string, Released>();
  for (const { userId, entryId, reservationId, paymentId, amount } of taken) {
    if (paymentId === null) {
      const key = `${userId}:${entryId ?? ''}`;
      const group = released.get(key) ?? { userId, entryId, reservationIds: [] };
      group.reservationIds.push(reservationId);
      released.set(key, group);
    } else {
      const group = refunded.get(userId) ?? { userId, reservationIds: [], payments: [] };
      group.reservationIds.push(reservationId);
      group.payments.push({ paymentId, amount: amount ?? 0 });
      refunded.set(userId, group);
    }
  }
  return { refunded: [...refunded.values()], released: [...released.values()] };
}

export const sumOf = ({ payments }: Refunded): number =>
  payments.reduce((sum, { amount }) => sum + amount, 0);
