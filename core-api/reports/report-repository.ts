import type { ReportRow } from '../../shared/contracts/owners.ts';
import type { Database } from '../db/database.ts';

export interface ReportRepository {
  /** By date, then in the order of the seats; undefined when there is no such concert. */
  rowsOf(concertId: string): Promise<ReportRow[] | undefined>;
}

/**
 * From the seats along `uq_reservation_live_seat` and `uq_payment_reservation`, so that it costs
 * by the seats of the concert and not by all that was ever reserved.
 */
const reportSql = `SELECT d.concert_schedule_id AS concertScheduleId, d.concert_dt AS concertDt,
    s.block_name AS block, COUNT(*) AS total,
    CAST(SUM(s.seat_status = 'SOLD') AS SIGNED) AS sold,
    CAST(SUM(s.seat_status = 'HELD' AND s.held_until > NOW(6)) AS SIGNED) AS held,
    CAST(SUM(s.status = 'INACTIVE') AS SIGNED) AS house,
    CAST(COALESCE(SUM(p.amount), 0) AS SIGNED) AS revenue
  FROM concert_schedule d
  JOIN concert_seat s ON s.concert_schedule_id = d.concert_schedule_id
  LEFT JOIN reservation r ON r.live_seat_id = s.seat_id AND r.reservation_status = 'CONFIRMED'
  LEFT JOIN payment p ON p.reservation_id = r.reservation_id AND p.payment_status = 'COMPLETED'
  WHERE d.concert_id = ?
  GROUP BY d.concert_schedule_id, d.concert_dt, s.block_name
  ORDER BY d.concert_dt, d.concert_schedule_id, MIN(s.seat_num)`;

type Row = Omit<ReportRow, 'concertScheduleId' | 'concertDt'> & {
  concertScheduleId: number;
  concertDt: Date;
};

export function createReportRepository({ rows }: Pick<Database, 'rows'>): ReportRepository {
  return {
    rowsOf: async (concertId) => {
      const known = await rows('SELECT 1 FROM concert WHERE concert_id = ?', [concertId]);
      if (known.length === 0) return undefined;
      return (await rows<Row>(reportSql, [concertId])).map((row) => ({
        ...row,
        concertScheduleId: String(row.concertScheduleId),
        concertDt: row.concertDt.toISOString(),
      }));
    },
  };
}
