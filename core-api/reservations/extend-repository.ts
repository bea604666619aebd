import { isDuplicate } from '../db/db-errors.ts';
import type { Tx } from '../db/transaction.ts';

const seatSql = 'SELECT seat_num AS seatNum, price FROM concert_seat WHERE seat_id = ?';

/** Seat, then reservation, each only while the hold is in time. */
const extendSeatSql = `UPDATE concert_seat SET held_until = ?, seat_version = seat_version + 1
  WHERE seat_id = ? AND seat_status = 'HELD' AND held_until > SYSDATE(6)`;
const extendSql = `UPDATE reservation SET reservation_expire_dt = ?
  WHERE reservation_id = ? AND reservation_status = 'HELD'
    AND reservation_expire_dt > SYSDATE(6)`;

const insertSql = 'INSERT INTO hold_extension (reservation_id) VALUES (?)';

export interface ExtendRepository {
  /** Moves the end of a hold, seat and reservation alike. @returns false when it ran out. */
  extend(tx: Tx, hold: { reservationId: string; seatId: string }, until: string): Promise<boolean>;
  /** @returns false when the hold was extended before. */
  note(tx: Tx, reservationId: string): Promise<boolean>;
  seat(tx: Tx, seatId: string): Promise<{ seatNum: number; price: number }>;
}

export function createExtendRepository(): ExtendRepository {
  return {
    extend: async (tx, { reservationId, seatId }, until) => {
      const seat = await tx.run(extendSeatSql, [until, seatId]);
      const reservation = await tx.run(extendSql, [until, reservationId]);
      return seat.affectedRows === 1 && reservation.affectedRows === 1;
    },
    note: async (tx, reservationId) => {
      try {
        await tx.run(insertSql, [reservationId]);
        return true;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    },
    seat: async (tx, seatId) => {
      const [row] = await tx.rows<{ seatNum: number; price: number }>(seatSql, [seatId]);
      if (!row) throw new Error('a held seat is gone');
      return row;
    },
  };
}
