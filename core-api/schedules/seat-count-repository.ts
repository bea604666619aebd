import { marks, padded, type Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';

/** A date that has gathered rows enough to be worth folding. */
const longestSql = `SELECT concert_schedule_id AS scheduleId FROM seat_count
  GROUP BY concert_schedule_id HAVING COUNT(*) >= ? ORDER BY COUNT(*) DESC LIMIT 1`;

/** Another instance may fold the others: each folds rows that are its own. */
const lockRowsSql = (rowsMax: number): string => `SELECT seat_count_id AS id, total, held, sold
  FROM seat_count WHERE concert_schedule_id = ?
  ORDER BY seat_count_id LIMIT ${rowsMax} FOR UPDATE SKIP LOCKED`;

const insertSql = `INSERT INTO seat_count (concert_schedule_id, total, held, sold)
  VALUES (?, ?, ?, ?)`;

const deleteSql = (count: number): string => `DELETE FROM seat_count
  WHERE seat_count_id IN (${marks(count)})`;

export interface CountRow {
  id: number;
  total: number;
  held: number;
  sold: number;
}

export interface SeatCountRepository {
  /** The date with the most rows, when those are so many. */
  longest(rowsMin: number): Promise<string | undefined>;
  /** The oldest rows that nobody folds at the moment. */
  lockRows(tx: Tx, scheduleId: string, rowsMax: number): Promise<CountRow[]>;
  /** Puts one row in the place of many. */
  replace(
    tx: Tx,
    scheduleId: string,
    { rows, by }: { rows: readonly CountRow[]; by: Omit<CountRow, 'id'> },
  ): Promise<void>;
}

export function createSeatCountRepository(database: Pick<Statements, 'rows'>): SeatCountRepository {
  return {
    longest: async (rowsMin) => {
      const [row] = await database.rows<{ scheduleId: number }>(longestSql, [String(rowsMin)]);
      return row && String(row.scheduleId);
    },
    lockRows: (tx, scheduleId, rowsMax) => tx.rows(lockRowsSql(rowsMax), [scheduleId]),
    replace: async (tx, scheduleId, { rows, by }) => {
      await tx.run(insertSql, [scheduleId, by.total, by.held, by.sold]);
      const ids = padded(rows.map(({ id }) => String(id)));
      await tx.run(deleteSql(ids.length), ids);
    },
  };
}
