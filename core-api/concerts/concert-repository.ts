import type { Concert } from '../../shared/contracts/concerts.ts';
import type { Database } from '../db/database.ts';
import type { ConcertRow } from '../db/models.ts';
import { type Page, type PageQuery, pageRows, toPage } from '../db/page.ts';
import type { Reads } from '../db/replica-reads.ts';
import { saleStateOf } from './concert-rules.ts';

export type ConcertFields = Pick<
  ConcertRow,
  'concertName' | 'seatsPerUser' | 'refundUntilHours' | 'status'
>;

export interface ConcertRepository {
  /** ACTIVE ones, oldest first. */
  list(page: PageQuery): Promise<Page<Concert>>;
  find(concertId: string): Promise<Concert | undefined>;
  /** The same to be shown to everybody: it may be a little old, as `list` may. */
  show(concertId: string): Promise<Concert | undefined>;
  create(fields: ConcertFields): Promise<string>;
  /** Fields left out stay. */
  change(concertId: string, fields: Partial<ConcertFields>): Promise<void>;
}

const dates = "concert_schedule d WHERE d.concert_id = c.concert_id AND d.status = 'ACTIVE'";

/** Seats of a date that are neither sold nor held, by the sums that its seats are counted in. */
const countedFree = `(SELECT SUM(k.total - k.held - k.sold) FROM seat_count k
        WHERE k.concert_schedule_id = d.concert_schedule_id)`;
const overdueHold = `EXISTS (SELECT 1 FROM reservation r WHERE r.reservation_status = 'HELD'
        AND r.reservation_expire_dt <= NOW(6)
        AND r.concert_schedule_id = d.concert_schedule_id)`;

/** Only for a date that is not counted: where the account may not make triggers. */
const freeSeat = `EXISTS (SELECT 1 FROM concert_seat s
        WHERE s.concert_schedule_id = d.concert_schedule_id
          AND s.status = 'ACTIVE' AND (s.seat_status = 'AVAILABLE'
            OR (s.seat_status = 'HELD' AND s.held_until <= NOW(6))))`;

/**
 * A concert with the facts its sale state needs, all by subqueries over the concert's own dates:
 * a joined GROUP BY would read the dates of every concert. Whether a seat is free is asked of the
 * sums, because a date that is sold out has no free seat to stop at: all of them would be read.
 */
const selectSql = `SELECT c.concert_id AS concertId, c.concert_name AS concertName, c.status,
    c.seats_per_user AS seatsPerUser, c.refund_until_hours AS refundUntilHours,
    p.opens_at AS opensAt, COALESCE(p.opens_at > NOW(6), FALSE) AS isEarly,
    (SELECT MIN(d.concert_dt) FROM ${dates}) AS firstDt,
    (SELECT MAX(d.concert_dt) FROM ${dates}) AS lastDt,
    NOT EXISTS (SELECT 1 FROM ${dates} AND d.concert_dt > NOW(6)) AS isOver,
    EXISTS (SELECT 1 FROM concert_seat s
      WHERE s.concert_id = c.concert_id AND s.status = 'ACTIVE') AS hasSeats,
    EXISTS (SELECT 1 FROM ${dates} AND d.concert_dt > NOW(6)
      AND COALESCE(${countedFree} > 0 OR ${overdueHold}, ${freeSeat})) AS hasFreeSeat
  FROM concert c
  LEFT JOIN room_policy p ON p.concert_id = c.concert_id`;

const listSql = `${selectSql} WHERE c.status = 'ACTIVE' AND c.concert_id > ?
  ORDER BY c.concert_id LIMIT ?`;

const findSql = `${selectSql} WHERE c.concert_id = ?`;

interface Row extends ConcertFields {
  concertId: number;
  opensAt: Date | null;
  isEarly: number;
  firstDt: Date | null;
  lastDt: Date | null;
  isOver: number;
  hasSeats: number;
  hasFreeSeat: number;
}

const iso = (moment: Date | null): string | null => moment && moment.toISOString();

const toConcert = (row: Row): Concert => ({
  concertId: String(row.concertId),
  concertName: row.concertName,
  status: row.status,
  seatsPerUser: row.seatsPerUser,
  refundUntilHours: row.refundUntilHours,
  opensAt: iso(row.opensAt),
  saleState: saleStateOf({
    status: row.status,
    isEarly: row.isEarly === 1,
    hasSchedules: row.lastDt !== null,
    isOver: row.isOver === 1,
    hasSeats: row.hasSeats === 1,
    hasFreeSeat: row.hasFreeSeat === 1,
  }),
  firstConcertDt: iso(row.firstDt),
  lastConcertDt: iso(row.lastDt),
});

export function createConcertRepository(
  database: Pick<Database, 'rows' | 'plain'>,
  shown: Pick<Reads, 'rows'> = database,
): ConcertRepository {
  const { plain } = database;
  const findBy = async ({ rows }: Pick<Reads, 'rows'>, concertId: string) => {
    const [row] = await rows<Row>(findSql, [concertId]);
    return row && toConcert(row);
  };
  return {
    list: async (page) => {
      const found = await shown.rows<Row>(listSql, [page.cursor ?? '0', pageRows(page)]);
      return toPage(found.map(toConcert), page, ({ concertId }) => concertId);
    },
    find: (concertId) => findBy(database, concertId),
    show: (concertId) => findBy(shown, concertId),
    create: (fields) =>
      plain(async ({ concert }) => String((await concert.create(fields)).concertId)),
    change: (concertId, fields) =>
      plain(async ({ concert }) => {
        await concert.update(fields, { where: { concertId: Number(concertId) } });
      }),
  };
}
