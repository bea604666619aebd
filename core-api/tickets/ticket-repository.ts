import type { Statements } from '../db/statements.ts';
import type { Admissible } from './ticket-rules.ts';

const columns = `r.reservation_id AS reservationId, r.reservation_status AS status,
    r.checked_in_at AS checkedInAt, r.seat_id AS seatId, s.seat_num AS seatNum,
    s.block_name AS block, r.concert_id AS concertId, c.concert_name AS concertName,
    r.concert_schedule_id AS scheduleId, d.concert_dt AS concertDt,
    r.user_id AS userId, u.user_name AS userName, x.concert_id IS NOT NULL AS isCancelled`;

const findSql = `SELECT ${columns} FROM reservation r
    JOIN concert_seat s ON s.seat_id = r.seat_id
    JOIN concert_schedule d ON d.concert_schedule_id = r.concert_schedule_id
    JOIN concert c ON c.concert_id = r.concert_id
    JOIN users u ON u.user_id = r.user_id
    LEFT JOIN schedule_cancel x ON x.concert_schedule_id = r.concert_schedule_id
  WHERE r.reservation_id = ?`;

/** One row decides: a second check-in and a refund find another row than this. */
const checkInSql = `UPDATE reservation SET checked_in_at = SYSDATE(6), checked_in_by = ?
  WHERE reservation_id = ? AND reservation_status = 'CONFIRMED' AND checked_in_at IS NULL`;

export interface TicketRow extends Admissible {
  reservationId: string;
  seatId: string;
  seatNum: number;
  block: string | null;
  concertName: string;
  concertDt: Date;
  userId: string;
  userName: string;
}

export interface TicketRepository {
  find(reservationId: string): Promise<TicketRow | undefined>;
  /** @returns false when it is not paid any more, or somebody came in with it already. */
  checkIn(reservationId: string, byUserId: string): Promise<boolean>;
}

type Ids = 'reservationId' | 'seatId' | 'concertId' | 'scheduleId' | 'userId';
type Row = Omit<TicketRow, Ids | 'isCancelled'> & Record<Ids | 'isCancelled', number>;

export function createTicketRepository(database: Statements): TicketRepository {
  return {
    find: async (reservationId) => {
      const [row] = await database.rows<Row>(findSql, [reservationId]);
      return row && toTicketRow(row);
    },
    checkIn: async (reservationId, byUserId) =>
      (await database.run(checkInSql, [byUserId, reservationId])).affectedRows === 1,
  };
}

const toTicketRow = (row: Row): TicketRow => ({
  ...row,
  reservationId: String(row.reservationId),
  seatId: String(row.seatId),
  concertId: String(row.concertId),
  scheduleId: String(row.scheduleId),
  userId: String(row.userId),
  isCancelled: row.isCancelled === 1,
});
