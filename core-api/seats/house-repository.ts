import { marks } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';

/** Which seats of a date: by id, or all of a block. */
export type SeatChoice = { seatIds: readonly string[] } | { block: string };

export interface ChosenSeat {
  seatId: number;
  seatStatus: 'AVAILABLE' | 'HELD' | 'SOLD';
  status: 'ACTIVE' | 'INACTIVE';
}

/** Changes of many seats of one date; the caller has the schedule's row locked. */
export interface HouseRepository {
  /** Locks the seats, in the order of their ids. */
  lock(tx: Tx, scheduleId: string, choice: SeatChoice): Promise<ChosenSeat[]>;
  /** @returns how many have another status now */
  setStatus(
    tx: Tx,
    scheduleId: string,
    options: { choice: SeatChoice; status: 'ACTIVE' | 'INACTIVE' },
  ): Promise<number>;
  /** Of the seats that nobody has. @returns how many have another price now */
  setBlockPrice(
    tx: Tx,
    scheduleId: string,
    options: { block: string; price: number },
  ): Promise<number>;
  /** Seats of the block, and those of them that are held or sold. */
  countBlock(tx: Tx, scheduleId: string, block: string): Promise<{ seats: number; taken: number }>;
}

const where = (choice: SeatChoice): string =>
  'seatIds' in choice
    ? `concert_schedule_id = ? AND seat_id IN (${marks(choice.seatIds.length)})`
    : 'concert_schedule_id = ? AND block_name = ?';

const paramsOf = (scheduleId: string, choice: SeatChoice): string[] =>
  'seatIds' in choice ? [scheduleId, ...choice.seatIds] : [scheduleId, choice.block];

/** A seat that somebody has is never touched, whatever was read before. */
const setStatusSql = (choice: SeatChoice): string => `UPDATE concert_seat SET status = ?
  WHERE ${where(choice)} AND seat_status = 'AVAILABLE'`;

const setBlockPriceSql = `UPDATE concert_seat SET price = ?
  WHERE concert_schedule_id = ? AND block_name = ? AND seat_status = 'AVAILABLE'`;

const countBlockSql = `SELECT COUNT(*) AS seats,
    CAST(COALESCE(SUM(seat_status <> 'AVAILABLE'), 0) AS SIGNED) AS taken
  FROM concert_seat WHERE concert_schedule_id = ? AND block_name = ?`;

export function createHouseRepository(): HouseRepository {
  return {
    lock: (tx, scheduleId, choice) =>
      tx.rows<ChosenSeat>(
        `SELECT seat_id AS seatId, seat_status AS seatStatus, status FROM concert_seat
          WHERE ${where(choice)} ORDER BY seat_id FOR UPDATE`,
        paramsOf(scheduleId, choice),
      ),
    setStatus: async (tx, scheduleId, { choice, status }) => {
      const params = [status, ...paramsOf(scheduleId, choice)];
      return (await tx.run(setStatusSql(choice), params)).affectedRows;
    },
    setBlockPrice: async (tx, scheduleId, { block, price }) =>
      (await tx.run(setBlockPriceSql, [price, scheduleId, block])).affectedRows,
    countBlock: async (tx, scheduleId, block) => {
      const [row] = await tx.rows<{ seats: number; taken: number }>(countBlockSql, [
        scheduleId,
        block,
      ]);
      return row ?? { seats: 0, taken: 0 };
    },
  };
}
