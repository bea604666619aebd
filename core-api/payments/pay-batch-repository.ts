import { marks, padded } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import type { Payable } from './payment-rules.ts';

const payableSql = (count: number): string => `SELECT reservation_id AS reservationId,
    user_id AS userId, concert_id AS concertId, seat_id AS seatId, price,
    reservation_status AS status, reservation_expire_dt <= SYSDATE(6) AS isOverdue
  FROM reservation WHERE reservation_id IN (${marks(count)})
  ORDER BY reservation_id`;

const holdsLeftSql = (count: number): string => `SELECT user_id AS userId,
    concert_id AS concertId, COUNT(*) AS holds
  FROM reservation FORCE INDEX (ix_reservation_user)
  WHERE user_id IN (${marks(count)}) AND reservation_status = 'HELD'
    AND reservation_expire_dt > SYSDATE(6)
  GROUP BY user_id, concert_id`;

/** A reservation that somebody wants to pay, with whose it is. */
export interface OwnedPayable extends Payable {
  userId: string;
  concertId: string;
}

/** What a payment reads, for many accounts at once. */
export interface PayBatchRepository {
  payable(tx: Tx, reservationIds: readonly string[]): Promise<OwnedPayable[]>;
  /** Holds in time; accounts without any are not among them. */
  holdsLeft(
    tx: Tx,
    userIds: readonly string[],
  ): Promise<{ userId: number; concertId: number; holds: number }[]>;
}

export function createPayBatchRepository(): PayBatchRepository {
  return {
    payable: async (tx, ids) => {
      const params = padded(ids);
      const rows = await tx.rows<PayableRow>(payableSql(params.length), params);
      return rows.map((row) => ({
        ...row,
        reservationId: String(row.reservationId),
        userId: String(row.userId),
        concertId: String(row.concertId),
        seatId: String(row.seatId),
        isOverdue: row.isOverdue === 1,
      }));
    },
    holdsLeft: (tx, userIds) => {
      const params = padded(userIds);
      return tx.rows(holdsLeftSql(params.length), params);
    },
  };
}

type Numbers<Row, Keys extends keyof Row> = Omit<Row, Keys> & Record<Keys, number>;
type PayableRow = Numbers<
  OwnedPayable,
  'reservationId' | 'userId' | 'concertId' | 'seatId' | 'isOverdue'
>;
