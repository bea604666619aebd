import { Problem } from '../../shared/problems.ts';
import type { Database } from '../db/database.ts';
import type { ScheduleRow } from '../db/models.ts';
import type { Reads } from '../db/replica-reads.ts';
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
  /** The same to be shown: it may be a little old. */
  shownCountsOf(concertId: string): Promise<ConcertCounts | undefined>;
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

const datesSql = (counts: string): string => `SELECT c.status AS concertStatus,
    s.concert_schedule_id AS concertScheduleId, s.concert_dt AS concertDt,
    s.total_seat AS totalSeat, s.status,
    COALESCE(c.status = 'ACTIVE' AND s.status = 'ACTIVE' AND s.concert_dt > NOW(6), FALSE)
      AS isOpen,
    n.total, n.sold, n.held
  FROM concert c
  LEFT JOIN concert_schedule s ON s.concert_id = c.concert_id
  LEFT JOIN (${counts}) n ON n.concert_schedule_id = s.concert_schedule_id
  WHERE c.concert_id = ?
  ORDER BY s.concert_dt, s.concert_schedule_id LIMIT ${maxSchedules}`;

/**
 * From the sums that every change of a seat adds to: as many rows as were added since they were
 * last folded, whatever the number of seats. A hold past its time counts as free, whether or not
 * the expiry job has come by: those are few, because it comes by each second.
 */
const sumsSql = datesSql(`SELECT k.concert_schedule_id, CAST(SUM(k.total) AS SIGNED) AS total,
    CAST(SUM(k.sold) AS SIGNED) AS sold,
    GREATEST(0, CAST(SUM(k.held) AS SIGNED) - COALESCE((SELECT COUNT(*) FROM reservation r
      WHERE r.reservation_status = 'HELD' AND r.reservation_expire_dt <= NOW(6)
        AND r.concert_schedule_id = k.concert_schedule_id), 0)) AS held
  FROM seat_count k JOIN concert_schedule d ON d.concert_schedule_id = k.concert_schedule_id
  WHERE d.concert_id = ? GROUP BY k.concert_schedule_id`);

/** From the seats themselves, for a server whose account may not make triggers. */
const seatsSql =
  datesSql(`SELECT d.concert_schedule_id, CAST(COALESCE(SUM(x.status = 'ACTIVE'), 0) AS SIGNED) AS total,
    CAST(COALESCE(SUM(x.status = 'ACTIVE' AND x.seat_status = 'SOLD'), 0) AS SIGNED) AS sold,
    CAST(COALESCE(SUM(x.status = 'ACTIVE' AND x.seat_status = 'HELD' AND x.held_until > NOW(6)), 0)
      AS SIGNED) AS held
  FROM concert_schedule d LEFT JOIN concert_seat x ON x.concert_schedule_id = d.concert_schedule_id
  WHERE d.concert_id = ? GROUP BY d.concert_schedule_id`);

const lockSql = `SELECT total_seat AS totalSeat FROM concert_schedule
  WHERE concert_schedule_id = ? AND concert_id = ? FOR UPDATE`;

const cancelledSql = 'SELECT 1 FROM schedule_cancel WHERE concert_schedule_id = ?';

const seatCountSql = 'SELECT COUNT(*) AS seats FROM concert_seat WHERE concert_schedule_id = ?';

const changeSql = `UPDATE concert_schedule SET concert_dt = COALESCE(?, concert_dt),
    total_seat = COALESCE(?, total_seat), status = COALESCE(?, status)
  WHERE concert_schedule_id = ?`;

type CountsRow = ScheduleCounts & Pick<ConcertCounts, 'concertStatus'>;

/** A date has its sums from its first moment on, or never. */
const isUncounted = ({ concertScheduleId, total }: CountsRow): boolean =>
  concertScheduleId !== null && total === null;

export function createScheduleRepository(
  database: Pick<Database, 'rows' | 'plain'>,
  shown: Pick<Reads, 'rows'> = database,
): ScheduleRepository {
  const { plain } = database;
  return {
    countsOf: (concertId) => countsBy(database, concertId),
    shownCountsOf: (concertId) => countsBy(shown, concertId),
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

async function countsBy(
  { rows }: Pick<Reads, 'rows'>,
  concertId: string,
): Promise<ConcertCounts | undefined> {
  let found = await rows<CountsRow>(sumsSql, [concertId, concertId]);
  if (found.some(isUncounted)) found = await rows<CountsRow>(seatsSql, [concertId, concertId]);
  const [first] = found;
  if (!first) return undefined;
  // A concert without dates is one row of NULLs.
  const schedules = found.filter(({ concertScheduleId }) => concertScheduleId !== null);
  return { concertStatus: first.concertStatus, schedules };
}
