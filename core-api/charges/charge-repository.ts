import type { Charge, ChargeStatus } from '../../shared/contracts/points.ts';
import { isoOf } from '../db/new-rows.ts';
import { marks, padded, type Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import type { LockedCharge } from './charge-rules.ts';

/** What an account has asked for and not got yet counts against its largest balance. */
const pendingSql = `SELECT CAST(COALESCE(SUM(amount), 0) AS SIGNED) AS points FROM charge
  WHERE user_id = ? AND charge_status = 'PENDING' AND expires_at > SYSDATE(6)`;

const endSql = `SELECT CAST(SYSDATE(6) + INTERVAL ? SECOND AS CHAR(26)) AS expiresAt`;
const insertSql = 'INSERT INTO charge (user_id, amount, expires_at) VALUES (?, ?, ?)';

const columns = `charge_id AS chargeId, user_id AS userId, amount, pay_url AS payUrl,
    expires_at AS expiresAt, point_history_id AS pointHistoryId,
    CASE WHEN charge_status = 'PENDING' AND expires_at <= SYSDATE(6) THEN 'EXPIRED'
      ELSE charge_status END AS status`;
const findSql = `SELECT ${columns} FROM charge WHERE charge_id = ?`;

const lockSql = `SELECT amount, charge_status AS status, expires_at <= SYSDATE(6) AS isOverdue
  FROM charge WHERE charge_id = ? FOR UPDATE`;

/** The conditions say what must be true, whatever was read before. */
const creditSql = `UPDATE charge SET charge_status = 'CREDITED', point_history_id = ?,
    provider_reference = ?
  WHERE charge_id = ? AND charge_status = 'PENDING' AND expires_at > SYSDATE(6)`;
const failSql = `UPDATE charge SET charge_status = 'FAILED', provider_reference = ?
  WHERE charge_id = ? AND charge_status = 'PENDING'`;
const expireSql = (batchMax: number): string => `UPDATE charge SET charge_status = 'EXPIRED'
  WHERE charge_status = 'PENDING' AND expires_at <= SYSDATE(6) LIMIT ${batchMax}`;

const untoldSql = (batchMax: number): string => `SELECT ${columns} FROM charge
  WHERE told_at IS NULL AND charge_status = 'PENDING' AND next_try_at <= SYSDATE(6)
    AND expires_at > SYSDATE(6)
  LIMIT ${batchMax} FOR UPDATE SKIP LOCKED`;
/** Taken for so long: a process that dies gives them up by that. */
const takeSql = (count: number): string => `UPDATE charge SET attempts = attempts + 1,
    next_try_at = SYSDATE(6) + INTERVAL LEAST(300, 10 * POW(2, LEAST(attempts, 5))) SECOND
  WHERE charge_id IN (${marks(count)})`;
const toldSql = `UPDATE charge SET told_at = SYSDATE(6), pay_url = ? WHERE charge_id = ?`;

export type OwnedCharge = Charge & { userId: string };

export interface ChargeRepository {
  pendingPoints(tx: Tx, userId: string): Promise<number>;
  add(tx: Tx, charge: { userId: string; amount: number; seconds: number }): Promise<Charge>;
  find(chargeId: string): Promise<OwnedCharge | undefined>;
  lock(tx: Tx, chargeId: string): Promise<LockedCharge | undefined>;
  /** @returns false when it is not to be credited any more. */
  credit(
    tx: Tx,
    chargeId: string,
    from: { historyId: string; reference: string | null },
  ): Promise<boolean>;
  fail(tx: Tx, chargeId: string, reference: string | null): Promise<void>;
  /** @returns how many ran out. */
  expire(batchMax: number): Promise<number>;
  /** Charges that the provider has not heard of, taken by this process for a while. */
  takeUntold(tx: Tx, batchMax: number): Promise<OwnedCharge[]>;
  noteTold(chargeId: string, payUrl: string | null): Promise<void>;
}

interface Row {
  chargeId: number;
  userId: number;
  amount: number;
  payUrl: string | null;
  expiresAt: Date;
  pointHistoryId: number | null;
  status: ChargeStatus;
}

export function createChargeRepository(database: Statements): ChargeRepository {
  return {
    pendingPoints: async (tx, userId) =>
      (await tx.rows<{ points: number }>(pendingSql, [userId]))[0]?.points ?? 0,
    add: async (tx, { userId, amount, seconds }) => {
      const [end] = await tx.rows<{ expiresAt: string }>(endSql, [String(seconds)]);
      const expiresAt = end?.expiresAt ?? '';
      const { insertId } = await tx.run(insertSql, [userId, amount, expiresAt]);
      const open = { status: 'PENDING', payUrl: null, pointHistoryId: null } as const;
      return { chargeId: String(insertId), amount, ...open, expiresAt: isoOf(expiresAt) };
    },
    find: async (chargeId) => {
      const [row] = await database.rows<Row>(findSql, [chargeId]);
      return row && toCharge(row);
    },
    lock: async (tx, chargeId) => {
      type LockRow = Omit<LockedCharge, 'isOverdue'> & { isOverdue: number };
      const [row] = await tx.rows<LockRow>(lockSql, [chargeId]);
      return row && { ...row, isOverdue: row.isOverdue === 1 };
    },
    credit: async (tx, chargeId, { historyId, reference }) =>
      (await tx.run(creditSql, [historyId, reference, chargeId])).affectedRows === 1,
    fail: async (tx, chargeId, reference) => {
      await tx.run(failSql, [reference, chargeId]);
    },
    expire: async (batchMax) => (await database.run(expireSql(batchMax))).affectedRows,
    takeUntold: async (tx, batchMax) => {
      const rows = await tx.rows<Row>(untoldSql(batchMax));
      if (rows.length === 0) return [];
      const ids = padded(rows.map(({ chargeId }) => String(chargeId)));
      await tx.run(takeSql(ids.length), ids);
      return rows.map(toCharge);
    },
    noteTold: async (chargeId, payUrl) => {
      await database.run(toldSql, [payUrl, chargeId]);
    },
  };
}

const toCharge = (row: Row): OwnedCharge => ({
  ...row,
  chargeId: String(row.chargeId),
  userId: String(row.userId),
  expiresAt: row.expiresAt.toISOString(),
  pointHistoryId: row.pointHistoryId === null ? null : String(row.pointHistoryId),
});
