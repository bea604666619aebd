import { type KeptMinutes, type RecordMinute, recordNames } from '../../shared/contracts/record.ts';
import type { Database } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';

export interface RecordRepository {
  /** A minute that is there already is written over. */
  save(tx: Tx, concertId: string, minutes: readonly RecordMinute[]): Promise<void>;
  /** The newest `minutesMax`, oldest first. */
  minutesOf(concertId: string): Promise<RecordMinute[]>;
  /** Seats by the minute they were paid in, oldest first; without those refunded since. */
  soldOf(concertId: string): Promise<KeptMinutes['sold']>;
}

/** Three weeks without a quiet minute. */
const minutesMax = 30_000;
const minuteMs = 60_000;

// LEFT is a word of SQL.
const quoted = recordNames.map((name) => `\`${name}\``);
const columns = ['bound_by', 'waiting', 'inside', ...quoted, 'waits'];
const saveSql = `INSERT INTO room_minute (concert_id, minute_number, ${columns.join(', ')})
  VALUES (?, ?, ${columns.map(() => '?').join(', ')})
  ON DUPLICATE KEY UPDATE ${columns.map((name) => `${name} = VALUES(${name})`).join(', ')}`;

const minutesSql = `SELECT minute_number AS number, bound_by AS \`limit\`, waiting, inside,
    ${quoted.join(', ')}, waits
  FROM room_minute WHERE concert_id = ? ORDER BY minute_number DESC LIMIT ${minutesMax}`;

/** From the seats, as the report counts: it costs by the seats of the concert. */
const soldSql = `SELECT FLOOR(UNIX_TIMESTAMP(p.payment_dt) / 60) AS number, COUNT(*) AS seats
  FROM concert_schedule d
  JOIN concert_seat s ON s.concert_schedule_id = d.concert_schedule_id
  JOIN reservation r ON r.live_seat_id = s.seat_id AND r.reservation_status = 'CONFIRMED'
  JOIN payment p ON p.reservation_id = r.reservation_id AND p.payment_status = 'COMPLETED'
  WHERE d.concert_id = ?
  GROUP BY number ORDER BY number`;

const isoOf = (number: number): string => new Date(number * minuteMs).toISOString();

const waitsText = (waits: RecordMinute['waits']): string =>
  waits.map(([bucket, people]) => `${bucket}:${people}`).join(' ');

function toWaits(text: string): RecordMinute['waits'] {
  if (text === '') return [];
  return text.split(' ').map((pair) => {
    const [bucket, people] = pair.split(':').map(Number);
    return [bucket ?? 0, people ?? 0];
  });
}

/** A statement for each minute. */
export const minuteRows = (concertId: string, minutes: readonly RecordMinute[]) =>
  minutes.map((minute) => ({
    sql: saveSql,
    values: [
      concertId,
      Math.floor(Date.parse(minute.at) / minuteMs),
      minute.limit,
      minute.waiting,
      minute.inside,
      ...recordNames.map((name) => minute[name]),
      waitsText(minute.waits),
    ],
  }));

type Row = Omit<RecordMinute, 'at' | 'waits'> & { number: number; waits: string };

export function createRecordRepository({ rows }: Pick<Database, 'rows'>): RecordRepository {
  return {
    async save(tx, concertId, minutes) {
      for (const { sql, values } of minuteRows(concertId, minutes)) await tx.run(sql, values);
    },
    async minutesOf(concertId) {
      const found = await rows<Row>(minutesSql, [concertId]);
      return found
        .map(({ number, waits, ...row }) => ({ ...row, at: isoOf(number), waits: toWaits(waits) }))
        .reverse();
    },
    async soldOf(concertId) {
      const found = await rows<{ number: number; seats: number }>(soldSql, [concertId]);
      return found.map(({ number, seats }) => ({ at: isoOf(Number(number)), seats }));
    },
  };
}
