import { rowMarks } from '../db/new-rows.ts';
import { marks, padded } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import type { Account, HistoryRow } from '../points/ledger-rules.ts';
import type { Payable } from './payment-rules.ts';

/** As the lock of a single account, in ascending order; the last row has the clock. */
const lockAccountsSql = (count: number): string => `SELECT u.user_id AS userId,
    p.point_id AS pointId, p.point, p.version,
    CAST(SYSDATE(6) AS CHAR(26)) AS now, @@auto_increment_increment AS idStep
  FROM users u FORCE INDEX (PRIMARY) STRAIGHT_JOIN point p ON p.user_id = u.user_id
  WHERE u.user_id IN (${marks(count)}) AND u.status = 'ACTIVE'
  ORDER BY u.user_id FOR UPDATE`;

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

/** The rows are locked already; the conditions say what must be true, whatever the lock did. */
const postSql = (count: number): string => {
  const names = ['point_id', 'delta', 'entries', 'seen'];
  const moved = `SELECT ${names.map((name) => `CAST(? AS SIGNED) AS ${name}`).join(', ')}`;
  return `UPDATE point p
    JOIN (${Array.from({ length: count }, () => moved).join(' UNION ALL ')}) m
      ON m.point_id = p.point_id
    SET p.point = p.point + m.delta, p.version = p.version + m.entries
    WHERE p.version = m.seen AND p.point + m.delta >= 0`;
};

const insertHistorySql = (count: number): string => `INSERT INTO point_history
  (point_id, seq, amount, point_after_transaction, type, payment_id)
  VALUES ${rowMarks(count, 6)}`;

export interface LockedAccount extends Account {
  userId: string;
}

/** A reservation that somebody wants to pay, with whose it is. */
export interface OwnedPayable extends Payable {
  userId: string;
  concertId: string;
}

/** New rows of one account's ledger. */
export interface Posting {
  account: Account;
  history: readonly HistoryRow[];
}

/** What a payment reads and posts, for many accounts at once. */
export interface PayBatchRepository {
  /** Accounts that are gone or switched off are not among them. */
  lockAccounts(tx: Tx, userIds: readonly string[]): Promise<LockedAccount[]>;
  payable(tx: Tx, reservationIds: readonly string[]): Promise<OwnedPayable[]>;
  /** @returns how many of the balances were moved. */
  post(tx: Tx, postings: readonly Posting[]): Promise<number>;
  /** Holds in time; accounts without any are not among them. */
  holdsLeft(
    tx: Tx,
    userIds: readonly string[],
  ): Promise<{ userId: number; concertId: number; holds: number }[]>;
}

export function createPayBatchRepository(): PayBatchRepository {
  return {
    lockAccounts: async (tx, ids) => {
      const params = padded(ids);
      const rows = await tx.rows<AccountRow>(lockAccountsSql(params.length), params);
      return rows.map((row) => ({
        ...row,
        userId: String(row.userId),
        pointId: String(row.pointId),
      }));
    },
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
    post: async (tx, postings) => {
      const moves = postings.map(({ account: { pointId, point, version }, history }) => {
        const after = history.at(-1)?.pointAfterTransaction ?? point;
        return [pointId, after - point, history.length, version];
      });
      const rows = postings.flatMap(({ account: { pointId }, history }) =>
        history.map(({ seq, amount, pointAfterTransaction, type, paymentId }) => [
          ...[pointId, seq, amount, pointAfterTransaction],
          ...[type, paymentId],
        ]),
      );
      const { affectedRows } = await tx.run(postSql(moves.length), moves.flat());
      await tx.run(insertHistorySql(rows.length), rows.flat());
      return affectedRows;
    },
    holdsLeft: (tx, userIds) => {
      const params = padded(userIds);
      return tx.rows(holdsLeftSql(params.length), params);
    },
  };
}

type Numbers<Row, Keys extends keyof Row> = Omit<Row, Keys> & Record<Keys, number>;
type AccountRow = Numbers<LockedAccount, 'userId' | 'pointId'>;
type PayableRow = Numbers<
  OwnedPayable,
  'reservationId' | 'userId' | 'concertId' | 'seatId' | 'isOverdue'
>;
