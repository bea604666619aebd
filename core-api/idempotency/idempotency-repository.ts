import type { Database } from '../db/database.ts';
import { isDuplicate, isLockedRow } from '../db/db-errors.ts';
import { rowMarks } from '../db/new-rows.ts';
import type { Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import type { StoredReply } from './idempotency-rules.ts';

/** Account, call and key: the primary key. */
export type KeyId = readonly [userId: string, callName: string, key: string];

/** A claim that is not finished has status 0 and is seen by its own transaction only. */
const select = `SELECT fingerprint, reply_status AS replyStatus, reply_body AS replyBody
  FROM idempotency_key WHERE user_id = ? AND call_name = ? AND idem_key = ?`;

/** A row that another transaction has inserted and not committed answers "locked" at once. */
const selectNoWait = `${select} FOR UPDATE NOWAIT`;

const insertClaim = `INSERT INTO idempotency_key
  (user_id, call_name, idem_key, fingerprint, reply_status, reply_body) VALUES (?, ?, ?, ?, 0, '')`;

/** A key and its answer at once, for a transaction that did not claim the key before. */
const insertReplies = (count: number): string => `INSERT INTO idempotency_key
  (user_id, call_name, idem_key, fingerprint, reply_status, reply_body)
  VALUES ${rowMarks(count, 6)}`;

const updateReply = `UPDATE idempotency_key SET reply_status = ?, reply_body = ?
  WHERE user_id = ? AND call_name = ? AND idem_key = ?`;

const deleteOld = (batch: number): string => `DELETE FROM idempotency_key
  WHERE created_at < SYSDATE(6) - INTERVAL ? HOUR ORDER BY created_at LIMIT ${batch}`;

export interface NewReply {
  id: KeyId;
  fingerprint: Buffer;
  status: number;
  body: string;
}

export interface IdempotencyRepository {
  /** What a committed transaction has stored. */
  find(id: KeyId): Promise<StoredReply | undefined>;
  /**
   * Takes the key for this transaction: only one of two that try gets `claimed`.
   * `running`: another transaction has claimed it and is not done.
   */
  claim(tx: Tx, id: KeyId, fingerprint: Buffer): Promise<StoredReply | 'claimed' | 'running'>;
  store(tx: Tx, id: KeyId, reply: { status: number; body: string }): Promise<void>;
  /** @throws errno 1062 when one of the keys is taken. */
  storeNew(tx: Tx, replies: readonly NewReply[]): Promise<void>;
  /** @returns how many keys were removed. */
  removeOlderThan(options: { hours: number; batchMax: number }): Promise<number>;
}

export function createIdempotencyRepository(database: Database): IdempotencyRepository {
  const findIn = async (statements: Statements, id: KeyId): Promise<StoredReply | undefined> => {
    const [row] = await statements.rows<StoredReply>(select, id);
    return row;
  };

  async function insert(tx: Tx, id: KeyId, fingerprint: Buffer): Promise<boolean> {
    try {
      await tx.run(insertClaim, [...id, fingerprint]);
      return true;
    } catch (error) {
      // A twin was between the same two statements. Its claim is committed by now, or it is so
      // slow that the wait for its row was given up.
      if (isDuplicate(error) || isLockedRow(error)) return false;
      throw error;
    }
  }

  return {
    find: (id) => findIn(database, id),
    claim: async (tx, id, fingerprint) => {
      try {
        const [stored] = await tx.rows<StoredReply>(selectNoWait, id);
        if (stored) return stored;
        if (await insert(tx, id, fingerprint)) return 'claimed';
      } catch (error) {
        if (!isLockedRow(error)) throw error;
      }
      // The row may be locked by one who only reads the stored answer: then it can be seen.
      return (await findIn(tx, id)) ?? 'running';
    },
    store: async (tx, id, { status, body }) => {
      await tx.run(updateReply, [String(status), body, ...id]);
    },
    storeNew: async (tx, replies) => {
      const values = replies.flatMap(({ id, fingerprint, status, body }) => [
        ...id,
        fingerprint,
        String(status),
        body,
      ]);
      await tx.run(insertReplies(replies.length), values);
    },
    removeOlderThan: async ({ hours, batchMax }) => {
      const { affectedRows } = await database.run(deleteOld(batchMax), [String(hours)]);
      return affectedRows;
    },
  };
}
