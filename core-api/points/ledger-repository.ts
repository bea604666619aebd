import { Problem } from '../../shared/problems.ts';
import { rowMarks } from '../db/new-rows.ts';
import type { Tx } from '../db/transaction.ts';
import { type Account, chain, type Entry } from './ledger-rules.ts';

/**
 * First statement of every transaction that moves points: the account's row, then its points, in
 * one step. All calls of one account pass here one after another.
 */
const lockAccountSql = `SELECT p.point_id AS pointId, p.point, p.version,
    CAST(SYSDATE(6) AS CHAR(26)) AS now, @@auto_increment_increment AS idStep
  FROM users u STRAIGHT_JOIN point p ON p.user_id = u.user_id
  WHERE u.user_id = ? AND u.status = 'ACTIVE' FOR UPDATE`;

/** The row is locked already; the conditions say what must be true, whatever the lock did. */
const postSql = `UPDATE point SET point = point + ?, version = version + ?
  WHERE point_id = ? AND version = ? AND point + ? >= 0`;

export const insertHistorySql = (count: number): string => `INSERT INTO point_history
  (point_id, seq, amount, point_after_transaction, type, payment_id)
  VALUES ${rowMarks(count, 6)}`;

export interface LedgerRepository {
  /** @throws Problem `forbidden` for an account that is gone or switched off. */
  lockAccount(tx: Tx, userId: string): Promise<Account>;
  /**
   * Moves the balance and writes one history row per entry, chained.
   * @returns the new balance and the id of the first history row.
   */
  post(tx: Tx, account: Account, entries: readonly Entry[]): Promise<Posted>;
}

export interface Posted {
  point: number;
  firstHistoryId: string;
}

export function createLedgerRepository(): LedgerRepository {
  return {
    lockAccount: async (tx, userId) => {
      const [row] = await tx.rows<Omit<Account, 'pointId'> & { pointId: number }>(lockAccountSql, [
        userId,
      ]);
      if (!row) throw new Problem('forbidden');
      return { ...row, pointId: String(row.pointId) };
    },
    post: async (tx, account, entries) => {
      const history = chain(account, entries);
      const point = history.at(-1)?.pointAfterTransaction ?? account.point;
      const delta = point - account.point;
      const { pointId, version } = account;
      const params = [delta, entries.length, pointId, version, delta];
      const { affectedRows } = await tx.run(postSql, params);
      if (affectedRows !== 1) throw new Error('the balance moved under its lock');
      const { insertId } = await tx.run(
        insertHistorySql(history.length),
        history.flatMap((row) => [
          pointId,
          row.seq,
          row.amount,
          row.pointAfterTransaction,
          row.type,
          row.paymentId,
        ]),
      );
      return { point, firstHistoryId: String(insertId) };
    },
  };
}
