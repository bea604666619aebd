import type { Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import { isFree } from './hold-repository.ts';

/** Rows that another buyer has locked at the moment are passed over. */
const pickSql = (count: number, free: string): string => `SELECT seat_id AS seatId
  FROM concert_seat FORCE INDEX (ix_seat_state)
  WHERE concert_schedule_id = ? AND ${free} AND status = 'ACTIVE'
  ORDER BY seat_num LIMIT ${count} FOR UPDATE SKIP LOCKED`;

const countFreeSql = `SELECT COUNT(*) AS free FROM concert_seat FORCE INDEX (ix_seat_state)
  WHERE concert_schedule_id = ? AND status = 'ACTIVE' AND ${isFree}`;

export interface PickRepository {
  /** Locks up to so many free seats, lowest numbers first, overdue holds last. */
  pickSeats(tx: Tx, scheduleId: string, count: number): Promise<string[]>;
  countFree(statements: Statements, scheduleId: string): Promise<number>;
}

export function createPickRepository(): PickRepository {
  return {
    pickSeats: async (tx, scheduleId, count) => {
      const pick = async (limit: number, free: string): Promise<string[]> => {
        if (limit === 0) return [];
        const rows = await tx.rows<{ seatId: number }>(pickSql(limit, free), [scheduleId]);
        return rows.map(({ seatId }) => String(seatId));
      };
      const seatIds = await pick(count, "seat_status = 'AVAILABLE'");
      const overdue = "seat_status = 'HELD' AND held_until <= SYSDATE(6)";
      return [...seatIds, ...(await pick(count - seatIds.length, overdue))];
    },
    countFree: async ({ rows }, scheduleId) => {
      const [row] = await rows<{ free: number }>(countFreeSql, [scheduleId]);
      return row?.free ?? 0;
    },
  };
}
