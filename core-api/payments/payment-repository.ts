import type { Payment } from '../../shared/contracts/payments.ts';
import { type Page, type PageQuery, pageRows, toPage } from '../db/page.ts';
import { isoOf, newIds, rowMarks } from '../db/new-rows.ts';
import { marks, padded, type Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import type { Payable, Refundable } from './payment-rules.ts';

const payableSql = (count: number): string => `SELECT reservation_id AS reservationId,
    seat_id AS seatId, price, reservation_status AS status,
    reservation_expire_dt <= SYSDATE(6) AS isOverdue
  FROM reservation
  WHERE reservation_id IN (${marks(count)}) AND user_id = ? AND concert_id = ?
  ORDER BY reservation_id`;

const insertPaymentsSql = (count: number): string => `INSERT INTO payment
  (user_id, reservation_id, amount, payment_status, payment_dt) VALUES ${rowMarks(count, 5)}`;

/**
 * Seats, then reservations, each only while the hold is in time: a hold that ran out while this
 * transaction waited for a row changes fewer rows than there are, and all is rolled back.
 * SYSDATE(6), because NOW(6) stands still while a statement waits. A seat of a date that was
 * cancelled is INACTIVE: it is not paid any more from that commit on.
 */
const sellSeatsSql = (count: number): string => `UPDATE concert_seat FORCE INDEX (PRIMARY)
  SET seat_status = 'SOLD', held_until = NULL, seat_version = seat_version + 1
  WHERE seat_id IN (${marks(count)}) AND seat_status = 'HELD' AND held_until > SYSDATE(6)
    AND status = 'ACTIVE'`;
const confirmSql = (count: number, users: number): string => `UPDATE reservation
  SET reservation_status = 'CONFIRMED'
  WHERE reservation_id IN (${marks(count)}) AND user_id IN (${marks(users)})
    AND reservation_status = 'HELD' AND reservation_expire_dt > SYSDATE(6)`;

const paymentColumns = `p.payment_id AS paymentId, p.reservation_id AS reservationId,
  r.seat_id AS seatId, p.amount, p.payment_status AS paymentStatus, p.payment_dt AS paymentDt`;
const paymentTables = 'payment p JOIN reservation r ON r.reservation_id = p.reservation_id';

const refundableSql = `SELECT p.payment_id AS paymentId, p.reservation_id AS reservationId,
    r.concert_id AS concertId, r.seat_id AS seatId, p.amount,
    p.payment_status AS status, r.checked_in_at AS checkedInAt,
    d.concert_dt - INTERVAL c.refund_until_hours HOUR > SYSDATE(6) AS isRefundable
  FROM ${paymentTables}
    JOIN concert_schedule d ON d.concert_schedule_id = r.concert_schedule_id
    JOIN concert c ON c.concert_id = r.concert_id
  WHERE p.payment_id = ? AND p.user_id = ?`;

const freeSeatSql = `UPDATE concert_seat
  SET seat_status = 'AVAILABLE', seat_version = seat_version + 1
  WHERE seat_id = ? AND seat_status = 'SOLD'`;
const cancelSql = `UPDATE reservation SET reservation_status = 'CANCELLED'
  WHERE reservation_id = ? AND reservation_status = 'CONFIRMED' AND checked_in_at IS NULL`;
const refundSql = `UPDATE payment SET payment_status = 'REFUNDED'
  WHERE payment_id = ? AND payment_status = 'COMPLETED'`;

const oneSql = `SELECT ${paymentColumns} FROM ${paymentTables} WHERE p.payment_id = ?`;

const listSql = `SELECT ${paymentColumns} FROM ${paymentTables}
  WHERE p.user_id = ? AND p.payment_id < ? ORDER BY p.payment_id DESC LIMIT ?`;

/** Above every id there can be. */
const noCursor = String(Number.MAX_SAFE_INTEGER);

export interface PayKey {
  userId: string;
  concertId: string;
  reservationIds: readonly string[];
}

export interface PayClock {
  /** The database's clock as SQL text. */
  now: string;
  /** Between two ids of one INSERT. */
  idStep: number;
}

export interface PaymentRepository {
  /** The account's own ones of this concert; others are not found. */
  payable(tx: Tx, key: PayKey): Promise<Payable[]>;
  /**
   * Seats SOLD, reservations CONFIRMED, of one account or of several.
   * @returns false when a hold ran out meanwhile.
   */
  confirm(tx: Tx, userIds: readonly string[], payable: readonly Payable[]): Promise<boolean>;
  /** One payment per reservation, of its payer; the amount is the reservation's price. */
  insert(
    tx: Tx,
    clock: PayClock,
    payable: readonly (Payable & { userId: string })[],
  ): Promise<Payment[]>;
  refundable(tx: Tx, paymentId: string, userId: string): Promise<Refundable | undefined>;
  /**
   * Seat AVAILABLE, reservation CANCELLED, payment REFUNDED. @returns false when it was not paid,
   * or its holder came in meanwhile.
   */
  refund(tx: Tx, refundable: Refundable): Promise<boolean>;
  one(tx: Tx, paymentId: string): Promise<Payment>;
  /** Newest first. */
  listOf(userId: string, page: PageQuery): Promise<Page<Payment>>;
}

export function createPaymentRepository(database: Statements): PaymentRepository {
  return {
    payable: async (tx, { userId, concertId, reservationIds }) => {
      const params = [...reservationIds, userId, concertId];
      const rows = await tx.rows<PayableRow>(payableSql(reservationIds.length), params);
      return rows.map((row) => ({
        ...row,
        reservationId: String(row.reservationId),
        seatId: String(row.seatId),
        isOverdue: row.isOverdue === 1,
      }));
    },
    confirm: async (tx, userIds, payable) => {
      const count = payable.length;
      const users = padded(userIds);
      const seatIds = padded(payable.map(({ seatId }) => seatId));
      const ids = padded(payable.map(({ reservationId }) => reservationId));
      const seats = await tx.run(sellSeatsSql(seatIds.length), seatIds);
      const confirm = confirmSql(ids.length, users.length);
      const reservations = await tx.run(confirm, [...ids, ...users]);
      return seats.affectedRows === count && reservations.affectedRows === count;
    },
    insert: async (tx, { now, idStep }, payable) => {
      const { insertId } = await tx.run(
        insertPaymentsSql(payable.length),
        payable.flatMap((one) => [one.userId, one.reservationId, one.price, 'COMPLETED', now]),
      );
      const ids = newIds(insertId, payable.length, idStep);
      return payable.map(({ reservationId, seatId, price }, index) => ({
        paymentId: String(ids[index]),
        reservationId,
        seatId,
        amount: price,
        paymentStatus: 'COMPLETED',
        paymentDt: isoOf(now),
      }));
    },
    refundable: async (tx, paymentId, userId) => {
      const [row] = await tx.rows<RefundableRow>(refundableSql, [paymentId, userId]);
      return row && toRefundable(row);
    },
    refund: async (tx, { seatId, reservationId, paymentId }) => {
      const seat = await tx.run(freeSeatSql, [seatId]);
      const reservation = await tx.run(cancelSql, [reservationId]);
      const payment = await tx.run(refundSql, [paymentId]);
      return [seat, reservation, payment].every(({ affectedRows }) => affectedRows === 1);
    },
    one: async (tx, paymentId) => {
      const [row] = await tx.rows<PaymentRow>(oneSql, [paymentId]);
      if (!row) throw new Error('a payment is gone');
      return toPayment(row);
    },
    listOf: async (userId, page) => {
      const params = [userId, page.cursor ?? noCursor, pageRows(page)];
      const rows = await database.rows<PaymentRow>(listSql, params);
      return toPage(rows.map(toPayment), page, ({ paymentId }) => paymentId);
    },
  };
}

type Numbers<Row, Keys extends keyof Row> = Omit<Row, Keys> & Record<Keys, number>;
type PayableRow = Numbers<Payable, 'reservationId' | 'seatId' | 'isOverdue'>;
type RefundableRow = Numbers<
  Refundable,
  'paymentId' | 'reservationId' | 'concertId' | 'seatId' | 'isRefundable'
>;
type PaymentRow = Omit<Numbers<Payment, 'paymentId' | 'reservationId' | 'seatId'>, 'paymentDt'> & {
  paymentDt: Date;
};

const toRefundable = (row: RefundableRow): Refundable => ({
  ...row,
  paymentId: String(row.paymentId),
  reservationId: String(row.reservationId),
  concertId: String(row.concertId),
  seatId: String(row.seatId),
  isRefundable: row.isRefundable === 1,
});

const toPayment = (row: PaymentRow): Payment => ({
  ...row,
  paymentId: String(row.paymentId),
  reservationId: String(row.reservationId),
  seatId: String(row.seatId),
  paymentDt: row.paymentDt.toISOString(),
});
