import type { Tx } from '../db/transaction.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { OverdueHold, ReservationRepository } from './reservation-repository.ts';

/**
 * Ends the overdue holds of seats whose rows the transaction has locked, and tells the gateway,
 * account by account. @returns how many.
 */
export type ExpireHolds = (tx: Tx, seatIds: readonly string[]) => Promise<number>;

export interface ExpireHoldsDeps {
  reservations: Pick<ReservationRepository, 'overdueOfSeats' | 'expire' | 'holdsLeft'>;
  outbox: Pick<Outbox, 'append'>;
}

export function createExpireHolds({ reservations, outbox }: ExpireHoldsDeps): ExpireHolds {
  return async (tx, seatIds) => {
    const overdue = await reservations.overdueOfSeats(tx, seatIds);
    if (overdue.length === 0) return 0;
    await reservations.expire(tx, idsOf(overdue));
    for (const { userId, concertId, entryId, holds } of groupByEntry(overdue)) {
      await outbox.append(tx, {
        type: 'reservation.expired',
        concertId,
        userId,
        entryId,
        reservationIds: idsOf(holds),
        holdsLeft: await reservations.holdsLeft(tx, userId, concertId),
      });
    }
    return overdue.length;
  };
}

const idsOf = (holds: readonly OverdueHold[]): string[] =>
  holds.map(({ reservationId }) => reservationId);

type Group = Pick<OverdueHold, 'userId' | 'concertId' | 'entryId'> & { holds: OverdueHold[] };

/** What one event tells: the overdue holds of an account in a concert, made from one entry. */
function groupByEntry(overdue: readonly OverdueHold[]): Group[] {
  const groups = new Map<string, Group>();
  for (const hold of overdue) {
    const { userId, concertId, entryId } = hold;
    const key = `${userId}:${concertId}:${entryId ?? ''}`;
    const group = groups.get(key) ?? { userId, concertId, entryId, holds: [] };
    group.holds.push(hold);
    groups.set(key, group);
  }
  return [...groups.values()];
}
