import type { Cancellation } from '../../shared/contracts/cancellations.ts';
import { marks, padded, type Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import type { ScheduleIds } from '../schedules/schedule-repository.ts';
import type { TakenSeat } from './cancellation-rules.ts';

const lockScheduleSql = `SELECT concert_schedule_id FROM concert_schedule
  WHERE concert_schedule_id = ? AND concert_id = ? FOR UPDATE`;

const closeScheduleSql = `UPDATE concert_schedule SET status = 'INACTIVE'
  WHERE concert_schedule_id = ?`;

/**
 * The moment from which nothing is held or paid: every hold and every payment changes its seats
 * only while they are ACTIVE. Those that have locked a seat are waited for; those that come later
 * find none.
 */
const closeSeatsSql = `UPDATE concert_seat SET status = 'INACTIVE', seat_version = seat_version + 1
  WHERE concert_schedule_id = ? AND status = 'ACTIVE'`;

const insertSql = `INSERT INTO schedule_cancel (concert_schedule_id, concert_id, user_id)
  VALUES (?, ?, ?)`;

const findSql = `SELECT x.concert_schedule_id AS concertScheduleId, x.concert_id AS concertId,
    x.created_at AS requestedAt, x.finished_at AS finishedAt, x.released, x.refunded,
    x.refunded_points AS refundedPoints,
    (SELECT COUNT(*) FROM concert_seat s WHERE s.concert_schedule_id = x.concert_schedule_id
      AND s.seat_status IN ('HELD', 'SOLD')) AS \`left\`
  FROM schedule_cancel x WHERE x.concert_schedule_id = ? AND x.concert_id = ?`;

const anyOpenSql = 'SELECT 1 FROM schedule_cancel WHERE finished_at IS NULL LIMIT 1';

/** One instance at a time works on a date; another one takes another date. */
const claimSql = `SELECT concert_schedule_id AS scheduleId, concert_id AS concertId
  FROM schedule_cancel WHERE finished_at IS NULL
  ORDER BY concert_schedule_id LIMIT 1 FOR UPDATE SKIP LOCKED`;

const takenColumns = `s.seat_id AS seatId, r.reservation_id AS reservationId,
    r.user_id AS userId, r.entry_id AS entryId, p.payment_id AS paymentId, p.amount`;
const takenTables = `concert_seat s
    JOIN reservation r ON r.live_seat_id = s.seat_id
    LEFT JOIN payment p ON p.reservation_id = r.reservation_id AND p.payment_status = 'COMPLETED'`;

const candidatesSql = (batchMax: number): string => `SELECT ${takenColumns} FROM ${takenTables}
  WHERE s.concert_schedule_id = ? AND s.seat_status IN ('HELD', 'SOLD') LIMIT ${batchMax}`;

/** Seat, reservation, payment: the order of everybody who changes them. */
const lockTakenSql = (count: number): string => `SELECT ${takenColumns} FROM ${takenTables}
  WHERE s.seat_id IN (${marks(count)}) AND s.seat_status IN ('HELD', 'SOLD')
  ORDER BY s.seat_id FOR UPDATE`;

/** In ascending order, switched off or not: points are given back to everybody. */
const lockAccountsSql = (count: number): string => `SELECT u.user_id AS userId,
    p.point_id AS pointId, p.point, p.version,
    CAST(SYSDATE(6) AS CHAR(26)) AS now, @@auto_increment_increment AS idStep
  FROM users u FORCE INDEX (PRIMARY) STRAIGHT_JOIN point p ON p.user_id = u.user_id
  WHERE u.user_id IN (${marks(count)}) ORDER BY u.user_id FOR UPDATE`;

const freeSeatsSql = (count: number): string => `UPDATE concert_seat FORCE INDEX (PRIMARY)
  SET seat_status = 'AVAILABLE', held_until = NULL, seat_version = seat_version + 1
  WHERE seat_id IN (${marks(count)}) AND seat_status IN ('HELD', 'SOLD')`;
const cancelSql = (count: number): string => `UPDATE reservation
  SET reservation_status = 'CANCELLED'
  WHERE reservation_id IN (${marks(count)}) AND reservation_status IN ('HELD', 'CONFIRMED')`;
const refundSql = (count: number): string => `UPDATE payment SET payment_status = 'REFUNDED'
  WHERE payment_id IN (${marks(count)}) AND payment_status = 'COMPLETED'`;

const noteSql = `UPDATE schedule_cancel SET released = released + ?, refunded = refunded + ?,
    refunded_points = refunded_points + ? WHERE concert_schedule_id = ?`;

const finishSql = `UPDATE schedule_cancel SET finished_at = SYSDATE(6)
  WHERE concert_schedule_id = ?`;

export interface RefundAccount {
  userId: string;
  pointId: string;
  point: number;
  version: number;
  now: string;
  idStep: number;
}

export interface CancellationRepository {
  find(statements: Statements, ids: ScheduleIds): Promise<Cancellation | undefined>;
  /** Locks the date's row. @returns false when it is not of that concert. */
  lockSchedule(tx: Tx, ids: ScheduleIds): Promise<boolean>;
  /** Date and seats INACTIVE, and the row that says what is to be done. */
  close(tx: Tx, ids: ScheduleIds, byUserId: string): Promise<void>;
  isAnyOpen(): Promise<boolean>;
  /** A date that is not done, locked for the rest of the transaction. */
  claim(tx: Tx): Promise<ScheduleIds | undefined>;
  /** Some of the seats that still belong to somebody; nothing is locked. */
  candidates(tx: Tx, scheduleId: string, batchMax: number): Promise<TakenSeat[]>;
  lockAccounts(tx: Tx, userIds: readonly string[]): Promise<RefundAccount[]>;
  /** What is still true of the candidates, locked. */
  lockTaken(tx: Tx, seatIds: readonly string[]): Promise<TakenSeat[]>;
  /** Seats AVAILABLE, reservations CANCELLED, payments REFUNDED. @throws Error when not all were. */
  giveBack(tx: Tx, taken: readonly TakenSeat[]): Promise<void>;
  note(
    tx: Tx,
    scheduleId: string,
    done: { released: number; refunded: number; refundedPoints: number },
  ): Promise<void>;
  finish(tx: Tx, scheduleId: string): Promise<void>;
}

export function createCancellationRepository(database: Statements): CancellationRepository {
  return {
    find: async ({ rows }, { scheduleId, concertId }) => {
      const [row] = await rows<CancellationRow>(findSql, [scheduleId, concertId]);
      return row && toCancellation(row);
    },
    lockSchedule: async (tx, { scheduleId, concertId }) =>
      (await tx.rows(lockScheduleSql, [scheduleId, concertId])).length > 0,
    close: async (tx, { scheduleId, concertId }, byUserId) => {
      await tx.run(closeScheduleSql, [scheduleId]);
      await tx.run(closeSeatsSql, [scheduleId]);
      await tx.run(insertSql, [scheduleId, concertId, byUserId]);
    },
    isAnyOpen: async () => (await database.rows(anyOpenSql)).length > 0,
    claim: async (tx) => {
      const [row] = await tx.rows<{ scheduleId: number; concertId: number }>(claimSql);
      return row && { scheduleId: String(row.scheduleId), concertId: String(row.concertId) };
    },
    candidates: async (tx, scheduleId, batchMax) =>
      (await tx.rows<TakenRow>(candidatesSql(batchMax), [scheduleId])).map(toTaken),
    lockAccounts: async (tx, userIds) => {
      const params = padded(userIds);
      const rows = await tx.rows<AccountRow>(lockAccountsSql(params.length), params);
      return rows.map((row) => ({
        ...row,
        userId: String(row.userId),
        pointId: String(row.pointId),
      }));
    },
    lockTaken: async (tx, seatIds) => {
      const params = padded(seatIds);
      return (await tx.rows<TakenRow>(lockTakenSql(params.length), params)).map(toTaken);
    },
    giveBack: async (tx, taken) => {
      const paymentIds = taken.flatMap(({ paymentId }) => paymentId ?? []);
      await change(tx, freeSeatsSql, idsOf(taken, 'seatId'));
      await change(tx, cancelSql, idsOf(taken, 'reservationId'));
      if (paymentIds.length > 0) await change(tx, refundSql, paymentIds);
    },
    note: async (tx, scheduleId, { released, refunded, refundedPoints }) => {
      await tx.run(noteSql, [released, refunded, refundedPoints, scheduleId]);
    },
    finish: async (tx, scheduleId) => {
      await tx.run(finishSql, [scheduleId]);
    },
  };
}

const idsOf = (taken: readonly TakenSeat[], key: 'seatId' | 'reservationId'): string[] =>
  taken.map((one) => one[key]);

/** All of them or the transaction ends: the rows are locked, so anything else is a fault. */
async function change(
  tx: Tx,
  sql: (count: number) => string,
  ids: readonly string[],
): Promise<void> {
  const params = padded(ids);
  const { affectedRows } = await tx.run(sql(params.length), params);
  if (affectedRows !== ids.length) throw new Error('a locked row changed');
}

type Numbers<Row, Keys extends keyof Row> = Omit<Row, Keys> & Record<Keys, number>;
type AccountRow = Numbers<RefundAccount, 'userId' | 'pointId'>;
type TakenRow = Numbers<TakenSeat, 'seatId' | 'reservationId' | 'userId' | 'paymentId'>;
type CancellationRow = Omit<
  Numbers<Cancellation, 'concertId' | 'concertScheduleId'>,
  'requestedAt' | 'finishedAt' | 'state'
> & { requestedAt: Date; finishedAt: Date | null };

const toTaken = (row: TakenRow): TakenSeat => ({
  ...row,
  seatId: String(row.seatId),
  reservationId: String(row.reservationId),
  userId: String(row.userId),
  paymentId: row.paymentId === null ? null : String(row.paymentId),
});

const toCancellation = (row: CancellationRow): Cancellation => ({
  ...row,
  concertId: String(row.concertId),
  concertScheduleId: String(row.concertScheduleId),
  state: row.finishedAt ? 'DONE' : 'RUNNING',
  requestedAt: row.requestedAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
});
