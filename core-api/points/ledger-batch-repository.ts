import { marks, padded } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import { insertHistorySql } from './ledger-repository.ts';
import type { Account, HistoryRow } from './ledger-rules.ts';

/** As the lock of a single account, in ascending order; the last row has the clock. */
const lockAccountsSql = (count: number): string => `SELECT u.user_id AS userId,
    p.point_id AS pointId, p.point, p.version,
    CAST(SYSDATE(6) AS CHAR(26)) AS now, @@auto_increment_increment AS idStep
  FROM users u FORCE INDEX (PRIMARY) STRAIGHT_JOIN point p ON p.user_id = u.user_id
  WHERE u.user_id IN (${marks(count)}) AND u.status = 'ACTIVE'
  ORDER BY u.user_id FOR UPDATE`;

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

export interface LockedAccount extends Account {
  userId: string;
}

/** New rows of one account's ledger. */
export interface Posting {
  account: Account;
  history: readonly HistoryRow[];
}

/** The ledgers of many accounts at once. */
export interface LedgerBatchRepository {
  /** Accounts that are gone or switched off are not among them. Ids may stand twice. */
  lockAccounts(tx: Tx, userIds: readonly string[]): Promise<LockedAccount[]>;
  /**
   * @returns how many of the balances were moved, and the id of the first history row: those of
   *   the others follow in the order of the postings (`newIds`).
   */
  post(tx: Tx, postings: readonly Posting[]): Promise<{ moved: number; firstHistoryId: number }>;
}

export function createLedgerBatchRepository(): LedgerBatchRepository {
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
      const { affectedRows: moved } = await tx.run(postSql(moves.length), moves.flat());
      const { insertId } = await tx.run(insertHistorySql(rows.length), rows.flat());
      return { moved, firstHistoryId: insertId };
    },
  };
}

type AccountRow = Omit<LockedAccount, 'userId' | 'pointId'> & { userId: number; pointId: number };
