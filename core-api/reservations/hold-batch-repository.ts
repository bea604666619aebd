import { marks, padded, type Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import { isFree } from './hold-repository.ts';

/** Dates that are sold, with the owner's limit. */
const datesSql = (count: number): string => `SELECT d.concert_schedule_id AS scheduleId,
    d.concert_id AS concertId, c.seats_per_user AS seatsPerUser,
    (c.status = 'ACTIVE' AND d.status = 'ACTIVE' AND d.concert_dt > SYSDATE(6)) AS isOpen
  FROM concert_schedule d JOIN concert c ON c.concert_id = d.concert_id
  WHERE d.concert_schedule_id IN (${marks(count)})`;

/** Seats of each account by concert: held in time, or bought. */
const seatsOfUsersSql = (
  count: number,
): string => `SELECT r.user_id AS userId, r.concert_id AS concertId,
    COUNT(*) AS seats FROM reservation r FORCE INDEX (ix_reservation_user)
  WHERE r.user_id IN (${marks(count)}) AND (r.reservation_status = 'CONFIRMED'
    OR (r.reservation_status = 'HELD' AND r.reservation_expire_dt > SYSDATE(6)))
  GROUP BY r.user_id, r.concert_id`;

/** Prices may change until `takeSeats` has locked the rows. */
const seatsSql = (count: number): string => `SELECT seat_id AS seatId, seat_num AS seatNum, price,
    concert_schedule_id AS scheduleId, ${isFree} AS isFree
  FROM concert_seat FORCE INDEX (PRIMARY)
  WHERE seat_id IN (${marks(count)}) AND status = 'ACTIVE'`;

/** In ascending order; the last row has the clock of when all were locked. */
const lockUsersSql = (count: number): string => `SELECT user_id AS userId,
    CAST(SYSDATE(6) AS CHAR(26)) AS now,
    CAST(SYSDATE(6) + INTERVAL ? SECOND AS CHAR(26)) AS heldUntil,
    @@auto_increment_increment AS idStep
  FROM users FORCE INDEX (PRIMARY) WHERE user_id IN (${marks(count)}) AND status = 'ACTIVE'
  ORDER BY user_id FOR UPDATE`;

interface DateOfSale {
  scheduleId: number;
  concertId: number;
  seatsPerUser: number;
  isOpen: 0 | 1;
}

interface SeatOfSale {
  seatId: number;
  seatNum: number;
  price: number;
  scheduleId: number;
  isFree: 0 | 1;
}

interface LockedUser {
  userId: number;
  now: string;
  heldUntil: string;
  idStep: number;
}

/** What `HoldRepository` reads of one call, for many at once. Lists may name a thing twice. */
export interface HoldBatchRepository {
  dates(statements: Statements, scheduleIds: readonly string[]): Promise<DateOfSale[]>;
  /** Only accounts that have a seat. */
  seatsOfUsers(
    statements: Statements,
    userIds: readonly string[],
  ): Promise<{ userId: number; concertId: number; seats: number }[]>;
  seats(statements: Statements, seatIds: readonly string[]): Promise<SeatOfSale[]>;
  /** Accounts that are gone or switched off are not among them. */
  lockUsers(tx: Tx, userIds: readonly string[], holdSeconds: number): Promise<LockedUser[]>;
}

export function createHoldBatchRepository(): HoldBatchRepository {
  const byIds = <Row>(sql: (count: number) => string) => {
    return ({ rows }: Statements, ids: readonly string[]): Promise<Row[]> => {
      const params = padded([...new Set(ids)]);
      return rows<Row>(sql(params.length), params);
    };
  };
  return {
    dates: byIds(datesSql),
    seatsOfUsers: byIds(seatsOfUsersSql),
    seats: byIds(seatsSql),
    lockUsers: (tx, userIds, holdSeconds) => {
      const params = padded(userIds);
      return tx.rows(lockUsersSql(params.length), [String(holdSeconds), ...params]);
    },
  };
}
