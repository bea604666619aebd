import type { Seat, SeatStatus } from '../../shared/contracts/concerts.ts';
import { isDuplicate } from '../db/db-errors.ts';
import { Problem } from '../../shared/problems.ts';
import type { Reads } from '../db/replica-reads.ts';
import type { Tx } from '../db/transaction.ts';
import type { ScheduleIds } from '../schedules/schedule-repository.ts';
import type { NewSeat } from './seat-rules.ts';

export interface SeatRow {
  seatId: number;
  seatNum: number;
  price: number;
  seatStatus: SeatStatus;
}

/** seatId, seatNum, price, seatStatus. */
export type SeatTuple = [number, number, number, SeatStatus];

/** seatId, seatNum, price, block. */
export type LayoutTuple = [number, number, number, string | null];

export interface SeatStateRow {
  layoutVersion: number;
  /** `A` available, `H` held in time, `S` sold. */
  seats: string;
}

export interface SeatRepository {
  /** By number; undefined when the date is not of that concert, or one of them is not offered. */
  list(ids: ScheduleIds): Promise<SeatTuple[] | undefined>;
  /** What is fixed about the seats, by number; undefined as above. */
  layout(ids: ScheduleIds): Promise<{ version: number; seats: LayoutTuple[] } | undefined>;
  /** One character per seat of the layout; undefined as above. */
  state(ids: ScheduleIds): Promise<SeatStateRow | undefined>;
  /** Notes that the layout has changed. The caller has the schedule's row locked. */
  bumpLayout(tx: Tx, scheduleId: string): Promise<void>;
  /** Numbers of every seat of the date. */
  seatNums(tx: Tx, scheduleId: string): Promise<number[]>;
  /** @throws Problem `seat-number-taken` */
  insert(tx: Tx, ids: ScheduleIds, seats: readonly NewSeat[]): Promise<void>;
  /** Locks the row until the transaction ends. */
  lock(tx: Tx, ids: ScheduleIds & { seatId: string }): Promise<SeatRow | undefined>;
  setPrice(tx: Tx, seatId: string, price: number): Promise<void>;
}

/** A hold past its time reads as AVAILABLE, whether or not the expiry job has come by. */
const seatColumns = `s.seat_id AS seatId, s.seat_num AS seatNum, s.price,
    CASE WHEN s.seat_status = 'HELD' AND s.held_until <= NOW(6) THEN 'AVAILABLE'
      ELSE s.seat_status END AS seatStatus`;

const offeredSql = `SELECT COALESCE(l.version, 1) AS layoutVersion FROM concert_schedule cs
  JOIN concert c ON c.concert_id = cs.concert_id
  LEFT JOIN seat_layout l ON l.concert_schedule_id = cs.concert_schedule_id
  WHERE cs.concert_schedule_id = ? AND cs.concert_id = ?
    AND cs.status = 'ACTIVE' AND c.status = 'ACTIVE'`;

/** Along `uq_seat_number`. */
const listSql = `SELECT ${seatColumns} FROM concert_seat s
  WHERE s.concert_schedule_id = ? AND s.status = 'ACTIVE' ORDER BY s.seat_num`;

const layoutSql = `SELECT seat_id, seat_num, price, block_name FROM concert_seat
  WHERE concert_schedule_id = ? AND status = 'ACTIVE' ORDER BY seat_num`;

/** The database writes the string: 20,000 rows would cost us more than all the rest together. */
const stateSql = `SELECT COALESCE(l.version, 1) AS layoutVersion, COALESCE((
    SELECT GROUP_CONCAT(CASE
        WHEN s.seat_status = 'SOLD' THEN 'S'
        WHEN s.seat_status = 'HELD' AND s.held_until > NOW(6) THEN 'H'
        ELSE 'A' END ORDER BY s.seat_num SEPARATOR '')
      FROM concert_seat s
      WHERE s.concert_schedule_id = cs.concert_schedule_id AND s.status = 'ACTIVE'), '') AS seats
  FROM concert_schedule cs
  JOIN concert c ON c.concert_id = cs.concert_id
  LEFT JOIN seat_layout l ON l.concert_schedule_id = cs.concert_schedule_id
  WHERE cs.concert_schedule_id = ? AND cs.concert_id = ?
    AND cs.status = 'ACTIVE' AND c.status = 'ACTIVE'`;

const bumpLayoutSql = `INSERT INTO seat_layout (concert_schedule_id, version) VALUES (?, 2)
  ON DUPLICATE KEY UPDATE version = version + 1`;

/** `SYSDATE(6)`: the clock after the wait for the lock, not before it. */
const lockSql = `SELECT s.seat_id AS seatId, s.seat_num AS seatNum, s.price,
    CASE WHEN s.seat_status = 'HELD' AND s.held_until <= SYSDATE(6) THEN 'AVAILABLE'
      ELSE s.seat_status END AS seatStatus
  FROM concert_seat s
  WHERE s.seat_id = ? AND s.concert_schedule_id = ? AND s.concert_id = ? AND s.status = 'ACTIVE'
  FOR UPDATE`;

/**
 * One statement for a chunk of any size: the rows come as one JSON value, so that nothing is
 * escaped by hand and one prepared statement serves every chunk. Without its character set a
 * column of JSON_TABLE has that of the schema.
 */
const insertSql = `INSERT INTO concert_seat
    (concert_id, concert_schedule_id, seat_num, price, block_name)
  SELECT ?, ?, j.seat_num, j.price, j.block_name FROM JSON_TABLE(?, '$[*]' COLUMNS (
    seat_num INT PATH '$[0]', price INT PATH '$[1]', block_name VARCHAR(32) CHARACTER SET utf8mb4
      PATH '$[2]')) j`;

const insertChunk = 1_000;

/** No third value where there is no block: what is missing is NULL in both databases. */
const toJsonRow = ({ seatNum, price, block }: NewSeat) =>
  block === undefined ? [seatNum, price] : [seatNum, price, block];

export function createSeatRepository(
  database: Reads,
  /** What a layout is read from: it may be a little old, and says its version. */
  shown: Reads = database,
): SeatRepository {
  const { rows, arrays } = database;
  return {
    list: async ({ concertId, scheduleId }) => {
      const offered = await rows(offeredSql, [scheduleId, concertId]);
      return offered.length === 0 ? undefined : arrays<SeatTuple>(listSql, [scheduleId]);
    },
    layout: async ({ concertId, scheduleId }) => {
      // The version first: a change in between makes the layout newer than it says, never older.
      const [offered] = await shown.rows<{ layoutVersion: number }>(offeredSql, [
        scheduleId,
        concertId,
      ]);
      if (!offered) return undefined;
      const seats = await shown.arrays<LayoutTuple>(layoutSql, [scheduleId]);
      return { version: offered.layoutVersion, seats };
    },
    state: async ({ concertId, scheduleId }) =>
      (await rows<SeatStateRow>(stateSql, [scheduleId, concertId]))[0],
    bumpLayout: async (tx, scheduleId) => {
      await tx.run(bumpLayoutSql, [scheduleId]);
    },
    seatNums: async (tx, scheduleId) => {
      const sql = 'SELECT seat_num AS seatNum FROM concert_seat WHERE concert_schedule_id = ?';
      return (await tx.rows<{ seatNum: number }>(sql, [scheduleId])).map(({ seatNum }) => seatNum);
    },
    insert: async (tx, { concertId, scheduleId }, seats) => {
      try {
        for (let from = 0; from < seats.length; from += insertChunk) {
          const chunk = seats.slice(from, from + insertChunk);
          const values = chunk.map(toJsonRow);
          await tx.run(insertSql, [concertId, scheduleId, JSON.stringify(values)]);
        }
      } catch (error) {
        throw isDuplicate(error) ? new Problem('seat-number-taken', { cause: error }) : error;
      }
    },
    lock: async (tx, { concertId, scheduleId, seatId }) =>
      (await tx.rows<SeatRow>(lockSql, [seatId, scheduleId, concertId]))[0],
    setPrice: async (tx, seatId, price) => {
      await tx.run('UPDATE concert_seat SET price = ? WHERE seat_id = ?', [price, seatId]);
    },
  };
}

export const toSeat = ({ seatId, seatNum, price, seatStatus }: SeatRow): Seat => ({
  seatId: String(seatId),
  seatNum,
  price,
  seatStatus,
});
