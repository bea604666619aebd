import { marks, type Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import { isFree } from './hold-repository.ts';
import type { FreeSeat } from './pick-rules.ts';

/** Which seats a buyer would take: of this date, and not dearer than this. */
export interface PickWish {
  scheduleId: string;
  maxPrice: number;
}

const wished = "concert_schedule_id = ? AND status = 'ACTIVE' AND price <= ?";
const seatsByState = 'concert_seat FORCE INDEX (ix_seat_state)';

const isAvailable = "seat_status = 'AVAILABLE'";
const isOverdue = "seat_status = 'HELD' AND held_until <= SYSDATE(6)";

/** Read without a lock: where to look, not what is had. */
const windowSql = (limit: number): string => `SELECT seat_id AS seatId, seat_num AS seatNum,
    block_name AS block
  FROM ${seatsByState} WHERE ${wished} AND ${isAvailable} AND seat_num > ?
  ORDER BY seat_num LIMIT ${limit}`;

/** Rows that another buyer has locked at the moment are passed over. */
const lockGroupSql = (count: number): string => `SELECT seat_id AS seatId
  FROM concert_seat FORCE INDEX (PRIMARY)
  WHERE seat_id IN (${marks(count)}) AND status = 'ACTIVE' AND ${isFree}
  ORDER BY seat_id FOR UPDATE SKIP LOCKED`;
const lockLowestSql = (count: number, state: string): string => `SELECT seat_id AS seatId
  FROM ${seatsByState} WHERE ${wished} AND ${state}
  ORDER BY seat_num LIMIT ${count} FOR UPDATE SKIP LOCKED`;

const countFreeSql = `SELECT COUNT(*) AS free FROM ${seatsByState} WHERE ${wished} AND ${isFree}`;

export interface PickRepository {
  /** The lowest free seats after a number, at most so many; without locks. */
  window(tx: Tx, wish: PickWish, from: { after: number; limit: number }): Promise<FreeSeat[]>;
  /** Locks those of the group that are free. @returns whether that are all of them. */
  lockGroup(tx: Tx, group: readonly FreeSeat[]): Promise<boolean>;
  /** Locks up to so many free seats, lowest numbers first, overdue holds last. */
  lockLowest(tx: Tx, wish: PickWish, count: number): Promise<string[]>;
  countFree(statements: Statements, wish: PickWish): Promise<number>;
}

const idsOf = (rows: readonly { seatId: number }[]): string[] =>
  rows.map(({ seatId }) => String(seatId));

export function createPickRepository(): PickRepository {
  return {
    window: async (tx, { scheduleId, maxPrice }, { after, limit }) => {
      const params = [scheduleId, maxPrice, after];
      type Row = Omit<FreeSeat, 'seatId'> & { seatId: number };
      const rows = await tx.rows<Row>(windowSql(limit), params);
      return rows.map((row) => ({ ...row, seatId: String(row.seatId) }));
    },
    lockGroup: async (tx, group) => {
      const ids = group.map(({ seatId }) => seatId);
      return (await tx.rows(lockGroupSql(ids.length), ids)).length === ids.length;
    },
    lockLowest: async (tx, { scheduleId, maxPrice }, count) => {
      const lock = async (limit: number, state: string): Promise<string[]> => {
        if (limit === 0) return [];
        return idsOf(await tx.rows(lockLowestSql(limit, state), [scheduleId, maxPrice]));
      };
      const seatIds = await lock(count, isAvailable);
      return [...seatIds, ...(await lock(count - seatIds.length, isOverdue))];
    },
    countFree: async ({ rows }, { scheduleId, maxPrice }) => {
      const [row] = await rows<{ free: number }>(countFreeSql, [scheduleId, maxPrice]);
      return row?.free ?? 0;
    },
  };
}
