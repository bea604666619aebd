import type { Reservation } from '../../shared/contracts/reservations.ts';
import { type Page, type PageQuery, pageRows, toPage } from '../db/page.ts';
import { marks, type Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import type { OwnReservation } from './hold-rules.ts';

const ownSql = `SELECT reservation_id AS reservationId, seat_id AS seatId,
    reservation_status AS status, reservation_expire_dt <= SYSDATE(6) AS isOverdue
  FROM reservation WHERE reservation_id = ? AND user_id = ? AND concert_id = ?`;

/** Both only while the hold is in time: a hold that ran out meanwhile may be somebody else's. */
const freeSeatSql = `UPDATE concert_seat SET seat_status = 'AVAILABLE', held_until = NULL,
    seat_version = seat_version + 1
  WHERE seat_id = ? AND seat_status = 'HELD' AND held_until > SYSDATE(6)`;
const cancelSql = `UPDATE reservation SET reservation_status = 'CANCELLED'
  WHERE reservation_id = ? AND reservation_status = 'HELD' AND reservation_expire_dt > SYSDATE(6)`;

const overdueOfSeatsSql = (count: number): string => `SELECT reservation_id AS reservationId,
    user_id AS userId, concert_id AS concertId, entry_id AS entryId, seat_id AS seatId
  FROM reservation WHERE live_seat_id IN (${marks(count)})
    AND reservation_status = 'HELD' AND reservation_expire_dt <= SYSDATE(6)`;

const expireSql = (count: number): string => `UPDATE reservation SET reservation_status = 'EXPIRED'
  WHERE reservation_id IN (${marks(count)})
    AND reservation_status = 'HELD' AND reservation_expire_dt <= SYSDATE(6)`;

const holdsLeftSql = `SELECT COUNT(*) AS holdsLeft FROM reservation
  WHERE user_id = ? AND concert_id = ? AND reservation_status = 'HELD'
    AND reservation_expire_dt > SYSDATE(6)`;

const listSql = `SELECT r.reservation_id AS reservationId, r.seat_id AS seatId,
    s.seat_num AS seatNum, s.block_name AS block, r.price, r.concert_id AS concertId,
    c.concert_name AS concertName, r.concert_schedule_id AS concertScheduleId,
    d.concert_dt AS concertDt, r.reservation_dt AS reservationDt,
    r.reservation_expire_dt AS reservationExpireDt,
    CASE WHEN r.reservation_status = 'HELD' AND r.reservation_expire_dt <= SYSDATE(6)
      THEN 'EXPIRED' ELSE r.reservation_status END AS reservationStatus
  FROM reservation r JOIN concert_seat s ON s.seat_id = r.seat_id
    JOIN concert_schedule d ON d.concert_schedule_id = r.concert_schedule_id
    JOIN concert c ON c.concert_id = r.concert_id
  WHERE r.user_id = ? AND r.reservation_id < ?
  ORDER BY r.reservation_id DESC LIMIT ?`;

/** Above every id there can be. */
const noCursor = String(Number.MAX_SAFE_INTEGER);

/** A hold that ran out and still stands as HELD. */
export interface OverdueHold {
  reservationId: string;
  userId: string;
  concertId: string;
  entryId: string | null;
  seatId: string;
}

export interface ReservationRepository {
  own(
    tx: Tx,
    key: { reservationId: string; userId: string; concertId: string },
  ): Promise<OwnReservation | undefined>;
  /** Seat AVAILABLE and reservation CANCELLED. @returns false when the hold ran out meanwhile. */
  release(tx: Tx, own: OwnReservation): Promise<boolean>;
  /** Overdue holds that stand in the way of these seats, whose rows are locked. */
  overdueOfSeats(tx: Tx, seatIds: readonly string[]): Promise<OverdueHold[]>;
  expire(tx: Tx, reservationIds: readonly string[]): Promise<number>;
  /** Holds in time of the account in the concert. */
  holdsLeft(tx: Tx, userId: string, concertId: string): Promise<number>;
  /** Newest first; an overdue hold reads as EXPIRED. */
  listOf(userId: string, page: PageQuery): Promise<Page<Reservation>>;
}

interface OwnRow extends Omit<OwnReservation, 'reservationId' | 'seatId' | 'isOverdue'> {
  reservationId: number;
  seatId: number;
  isOverdue: 0 | 1;
}

export function createReservationRepository(database: Statements): ReservationRepository {
  return {
    own: async (tx, { reservationId, userId, concertId }) => {
      const [row] = await tx.rows<OwnRow>(ownSql, [reservationId, userId, concertId]);
      return row && { ...row, ...idsOf(row), isOverdue: row.isOverdue === 1 };
    },
    release: async (tx, { seatId, reservationId }) => {
      const seat = await tx.run(freeSeatSql, [seatId]);
      const reservation = await tx.run(cancelSql, [reservationId]);
      return seat.affectedRows === 1 && reservation.affectedRows === 1;
    },
    overdueOfSeats: async (tx, seatIds) => {
      const rows = await tx.rows<OverdueRow>(overdueOfSeatsSql(seatIds.length), seatIds);
      return rows.map(toOverdueHold);
    },
    expire: async (tx, ids) => (await tx.run(expireSql(ids.length), ids)).affectedRows,
    holdsLeft: async (tx, userId, concertId) => {
      const [row] = await tx.rows<{ holdsLeft: number }>(holdsLeftSql, [userId, concertId]);
      return row?.holdsLeft ?? 0;
    },
    listOf: async (userId, page) => {
      const params = [userId, page.cursor ?? noCursor, pageRows(page)];
      const rows = await database.rows<ReservationRow>(listSql, params);
      return toPage(rows.map(toReservation), page, ({ reservationId }) => reservationId);
    },
  };
}

const idsOf = (row: { reservationId: number; seatId: number }) => ({
  reservationId: String(row.reservationId),
  seatId: String(row.seatId),
});

type Numbers<Row, Keys extends keyof Row> = Omit<Row, Keys> & Record<Keys, number>;
type OverdueRow = Numbers<OverdueHold, 'reservationId' | 'userId' | 'concertId' | 'seatId'>;
type ReservationRow = Omit<
  Numbers<Reservation, 'reservationId' | 'seatId' | 'concertId' | 'concertScheduleId'>,
  'concertDt' | 'reservationDt' | 'reservationExpireDt'
> & { concertDt: Date; reservationDt: Date; reservationExpireDt: Date };

const toOverdueHold = (row: OverdueRow): OverdueHold => ({
  ...row,
  ...idsOf(row),
  userId: String(row.userId),
  concertId: String(row.concertId),
});

const toReservation = (row: ReservationRow): Reservation => ({
  ...row,
  ...idsOf(row),
  concertId: String(row.concertId),
  concertScheduleId: String(row.concertScheduleId),
  concertDt: row.concertDt.toISOString(),
  reservationDt: row.reservationDt.toISOString(),
  reservationExpireDt: row.reservationExpireDt.toISOString(),
});
