import { Problem } from '../../shared/problems.ts';
import type { Database } from '../db/database.ts';
import type { ScheduleRow } from '../db/models.ts';
import type { Tx } from '../db/transaction.ts';
import type { ConcertCounts, ScheduleCounts } from './schedule-rules.ts';

export type ScheduleFields = Pick<ScheduleRow, 'concertDt' | 'totalSeat' | 'status'>;

export interface ScheduleIds {
  concertId: string;
  scheduleId: string;
}

export interface ScheduleRepository {
  /** Every date of a concert, also INACTIVE ones, by date; undefined: there is no such concert. */
  countsOf(concertId: string): Promise<ConcertCounts | undefined>;
  create(concertId: string, fields: Omit<ScheduleFields, 'status'>): Promise<string>;
  /**
   * Locks the row until the transaction ends; undefined when it is not of that concert.
   * @throws Problem `schedule-cancelled`: a date that was called off is not changed any more.
   */
  lock(tx: Tx, ids: ScheduleIds): Promise<{ totalSeat: number } | undefined>;
  /** Seats the date has, INACTIVE ones too. */
  seatCount(tx: Tx, scheduleId: string): Promise<number>;
  /** Fields left out stay. */
  change(tx: Tx, scheduleId: string, fields: Partial<ScheduleFields>): Promise<void>;
}

/** More dates than any concert has. */
const maxSchedules = 1_000;

/** A hold past its time counts as free, whether or not the expiry job has come by. */
const countsSql = `SELECT c.status AS concertStatus, s.concert_schedule_id AS concertScheduleId,
    s.concert_dt AS concertDt, s.total_seat AS totalSeat, s.status,
    COALESCE(c.status = 'ACTIVE' AND s.status = 'ACTIVE' AND s.concert_dt > NOW(6), FALSE)
      AS isOpen,
    COALESCE(n.total, 0) AS total, COALESCE(n.sold, 0) AS sold, COALESCE(n.held, 0) AS held
  FROM concert c
  LEFT JOIN concert_schedule s ON s.concert_id = c.concert_id
  LEFT JOIN (SELECT concert_schedule_id, COUNT(*) AS total,
      CAST(SUM(seat_status = 'SOLD') AS SIGNED) AS sold,
      CAST(SUM(seat_status = 'HELD' AND held_until > NOW(6)) AS SIGNED) AS held
    FROM concert_seat WHERE concert_id = ? AND status = 'ACTIVE'
    GROUP BY concert_schedule_id) n ON n.concert_schedule_id = s.concert_schedule_id
  WHERE c.concert_id = ?
  ORDER BY s.concert_dt, s.concert_schedule_id LIMIT ${maxSchedules}`;

const lockSql = `SELECT total_seat AS totalSeat FROM concert_schedule
  WHERE concert_schedule_id = ? AND concert_id = ? FOR UPDATE`;

const cancelledSql = 'SELECT 1 FROM schedule_cancel WHERE concert_schedule_id = ?';

const seatCountSql = 'SELECT COUNT(*) AS seats FROM concert_seat WHERE concert_schedule_id = ?';

const changeSql = `UPDATE concert_schedule SET concert_dt = COALESCE(?, concert_dt),
    total_seat = COALESCE(?, total_seat), status = COALESCE(?, status)
  WHERE concert_schedule_id = ?`;

type CountsRow = ScheduleCounts & Pick<ConcertCounts, 'concertStatus'>;

export function createScheduleRepository(
  database: Pick<Database, 'rows' | 'plain'>,
): ScheduleRepository {
  const { rows, plain } = database;
  return {
    countsOf: async (concertId) => {
      const found = await rows<CountsRow>(countsSql, [concertId, concertId]);
      const [first] = found;
      if (!first) return undefined;
      // A concert without dates is one row of NULLs.
      const schedules = found.filter(({ concertScheduleId }) => concertScheduleId !== null);
      return { concertStatus: first.concertStatus, schedules };
    },
    create: (concertId, fields) =>
      plain(async ({ schedule }) => {
        const made = await schedule.create({ concertId: Number(concertId), ...fields });
        return String(made.concertScheduleId);
      }),
    lock: async (tx, { concertId, scheduleId }) => {
      const [row] = await tx.rows<{ totalSeat: number }>(lockSql, [scheduleId, concertId]);
      // Asked when the row is locked: who calls the date off has it locked too.
      const cancelled = await tx.rows(cancelledSql, [scheduleId]);
      if (row && cancelled.length > 0) throw new Problem('schedule-cancelled');
      return row;
    },
    seatCount: async (tx, scheduleId) => {
      const [row] = await tx.rows<{ seats: number }>(seatCountSql, [scheduleId]);
      return row?.seats ?? 0;
    },
    change: async (tx, scheduleId, { concertDt, totalSeat, status }) => {
      const fields = [concertDt ?? null, totalSeat ?? null, status ?? null];
      await tx.run(changeSql, [...fields, scheduleId]);
    },
  };
}
