import { rowMarks } from '../db/new-rows.ts';
import type { Tx } from '../db/transaction.ts';

export interface NewBypassCodes {
  concertId: string;
  label: string;
  /** Accounts that may use each of them. */
  uses: number;
  /** SHA-256, hexadecimal. */
  hashes: readonly string[];
}

export interface BypassCode {
  bypassCodeId: number;
  label: string;
}

export interface BypassRepository {
  add(tx: Tx, codes: NewBypassCodes): Promise<void>;
  /** Locks the code's row, so that its uses stand in line. */
  lock(tx: Tx, concertId: string, hash: string): Promise<BypassCode | undefined>;
  hasUsed(tx: Tx, bypassCodeId: number, userId: string): Promise<boolean>;
  /** False when it is used up. */
  use(tx: Tx, bypassCodeId: number, userId: string): Promise<boolean>;
}

const lockSql = `SELECT bypass_code_id AS bypassCodeId, label FROM bypass_code
  WHERE concert_id = ? AND code_hash = ? FOR UPDATE`;

const usedSql = 'SELECT user_id FROM bypass_use WHERE bypass_code_id = ? AND user_id = ?';

/** The decision: a code that has no use left is no code any more. */
const useSql = `UPDATE bypass_code SET uses_left = uses_left - 1
  WHERE bypass_code_id = ? AND uses_left > 0`;

const noteUseSql = 'INSERT INTO bypass_use (bypass_code_id, user_id) VALUES (?, ?)';

export function createBypassRepository(): BypassRepository {
  return {
    add: async (tx, { concertId, label, uses, hashes }) => {
      await tx.run(
        `INSERT INTO bypass_code (concert_id, code_hash, label, uses_left)
          VALUES ${rowMarks(hashes.length, 4)}`,
        hashes.flatMap((hash) => [concertId, hash, label, uses]),
      );
    },
    lock: async (tx, concertId, hash) => {
      const [row] = await tx.rows<BypassCode>(lockSql, [concertId, hash]);
      return row;
    },
    hasUsed: async (tx, bypassCodeId, userId) =>
      (await tx.rows(usedSql, [bypassCodeId, userId])).length > 0,
    use: async (tx, bypassCodeId, userId) => {
      const { affectedRows } = await tx.run(useSql, [bypassCodeId]);
      if (affectedRows === 1) await tx.run(noteUseSql, [bypassCodeId, userId]);
      return affectedRows === 1;
    },
  };
}
