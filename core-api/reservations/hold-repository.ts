import type { Hold } from '../../shared/contracts/reservations.ts';
import { Problem } from '../../shared/problems.ts';
import { isoOf, newIds, rowMarks } from '../db/new-rows.ts';
import { marks, type Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import type { HoldWish, Sale, WishedSeat } from './hold-rules.ts';

/** Nobody has the seat, or the hold on it is overdue by the database's clock. */
export const isFree =
  "(seat_status = 'AVAILABLE' OR (seat_status = 'HELD' AND held_until <= SYSDATE(6)))";

/** Seats of the account in the concert: held in time, or bought. */
const seatsOfUser = `(SELECT COUNT(*) FROM reservation r
  WHERE r.user_id = ? AND r.concert_id = c.concert_id AND (r.reservation_status = 'CONFIRMED'
    OR (r.reservation_status = 'HELD' AND r.reservation_expire_dt > SYSDATE(6))))`;

const saleColumns = `c.seats_per_user AS seatsPerUser, ${seatsOfUser} AS seatsOfUser,
  (c.status = 'ACTIVE' AND d.status = 'ACTIVE' AND d.concert_dt > SYSDATE(6)) AS isOpen`;
const saleTables = 'concert_schedule d JOIN concert c ON c.concert_id = d.concert_id';
const saleWhere = 'd.concert_schedule_id = ? AND d.concert_id = ?';

const saleSql = `SELECT ${saleColumns} FROM ${saleTables} WHERE ${saleWhere}`;

/** A row per seat that was found; one row without a seat when none was. */
const saleWithSeatsSql = (count: number): string => `SELECT ${saleColumns}, s.seat_id AS seatId,
    ${isFree} AS isFree
  FROM ${saleTables} LEFT JOIN concert_seat s FORCE INDEX (PRIMARY)
    ON s.seat_id IN (${marks(count)}) AND s.concert_schedule_id = d.concert_schedule_id
    AND s.status = 'ACTIVE'
  WHERE ${saleWhere}`;

/**
 * First statement of every hold: all calls of one account pass here one after another, so that
 * the count of its seats is exact. Begin and end of the hold are read when the row is locked.
 */
const lockUserSql = `SELECT CAST(SYSDATE(6) AS CHAR(26)) AS now,
    CAST(SYSDATE(6) + INTERVAL ? SECOND AS CHAR(26)) AS heldUntil,
    @@auto_increment_increment AS idStep
  FROM users WHERE user_id = ? AND status = 'ACTIVE' FOR UPDATE`;

/** Takes the seats that are free at this moment, along the primary key and so in ascending order. */
const takeSeatsSql = (count: number): string => `UPDATE concert_seat FORCE INDEX (PRIMARY)
  SET seat_status = 'HELD', held_until = ?, seat_version = seat_version + 1
  WHERE seat_id IN (${marks(count)}) AND status = 'ACTIVE' AND ${isFree}`;

const takenSql = (count: number): string => `SELECT seat_id AS seatId FROM concert_seat
  WHERE seat_id IN (${marks(count)}) AND NOT (seat_status = 'HELD' AND held_until = ?)
  ORDER BY seat_id`;

/** Read after `takeSeats`: the rows are locked, and a price cannot change any more. */
const seatsSql = (count: number): string => `SELECT seat_id AS seatId, seat_num AS seatNum, price
  FROM concert_seat WHERE seat_id IN (${marks(count)}) ORDER BY seat_num`;

const insertHoldsSql = (count: number): string => `INSERT INTO reservation
  (user_id, seat_id, concert_id, concert_schedule_id, price, entry_id, reservation_dt,
   reservation_expire_dt, reservation_status)
  VALUES ${rowMarks(count, 9)}`;

type SaleRow = { seatsPerUser: number; seatsOfUser: number; isOpen: 0 | 1 };

export interface HoldRepository {
  sale(statements: Statements, wish: HoldWish): Promise<Sale | undefined>;
  saleWithSeats(
    statements: Statements,
    wish: HoldWish,
    seatIds: readonly string[],
  ): Promise<{ sale: Sale | undefined; seats: WishedSeat[] }>;
  /** @throws Problem `forbidden` for an account that is gone or switched off. */
  lockUser(tx: Tx, options: { userId: string; holdSeconds: number }): Promise<HoldClock>;
  /** @returns how many of the seats were free and are held now. */
  takeSeats(tx: Tx, seatIds: readonly string[], heldUntil: string): Promise<number>;
  /** Which of the seats this transaction did not get. */
  takenSeats(tx: Tx, seatIds: readonly string[], heldUntil: string): Promise<string[]>;
  /** By seat number. */
  seats(tx: Tx, seatIds: readonly string[]): Promise<HeldSeat[]>;
  /** @throws errno 1062 (`isDuplicate`) while a seat has another live reservation. */
  insertHolds(tx: Tx, owner: HoldOwner, seats: readonly HeldSeat[]): Promise<Hold[]>;
  /** The holds of several owners in one statement. @throws as `insertHolds` */
  insertEach(tx: Tx, clock: HoldClock, owned: readonly OwnedSeats[]): Promise<Hold[][]>;
}

/** The database's clock when the account was locked, as SQL text in microseconds. */
export interface HoldClock {
  now: string;
  heldUntil: string;
  /** Between two ids of one INSERT. */
  idStep: number;
}

export interface HoldOwner {
  userId: string;
  entryId: string | null;
  concertId: string;
  scheduleId: string;
  clock: HoldClock;
}

export interface OwnedSeats extends Omit<HoldOwner, 'clock'> {
  seats: readonly (Omit<HeldSeat, 'seatId'> & { seatId: string | number })[];
}

export interface HeldSeat {
  seatId: string;
  seatNum: number;
  price: number;
}

const toSale = ({ isOpen, ...row }: SaleRow): Sale => ({
  seatsPerUser: row.seatsPerUser,
  seatsOfUser: row.seatsOfUser,
  isOpen: isOpen === 1,
});

export function createHoldRepository(): HoldRepository {
  return {
    sale: async ({ rows }, { userId, concertId, scheduleId }) => {
      const [row] = await rows<SaleRow>(saleSql, [userId, scheduleId, concertId]);
      return row && toSale(row);
    },
    saleWithSeats: async ({ rows }, { userId, concertId, scheduleId }, seatIds) => {
      const found = await rows<SaleRow & { seatId: number | null; isFree: 0 | 1 }>(
        saleWithSeatsSql(seatIds.length),
        [userId, ...seatIds, scheduleId, concertId],
      );
      const [row] = found;
      const seats = found
        .filter(({ seatId }) => seatId !== null)
        .map((seat) => ({ seatId: String(seat.seatId), isFree: seat.isFree === 1 }));
      return { sale: row && toSale(row), seats };
    },
    lockUser: async (tx, { userId, holdSeconds }) => {
      const params = [String(holdSeconds), userId];
      const [row] = await tx.rows<HoldClock>(lockUserSql, params);
      if (!row) throw new Problem('forbidden');
      return row;
    },
    takeSeats: async (tx, seatIds, heldUntil) => {
      const params = [heldUntil, ...seatIds];
      return (await tx.run(takeSeatsSql(seatIds.length), params)).affectedRows;
    },
    takenSeats: async (tx, seatIds, heldUntil) => {
      const params = [...seatIds, heldUntil];
      const rows = await tx.rows<{ seatId: number }>(takenSql(seatIds.length), params);
      return rows.map(({ seatId }) => String(seatId));
    },
    seats: async (tx, seatIds) => {
      const rows = await tx.rows<Omit<HeldSeat, 'seatId'> & { seatId: number }>(
        seatsSql(seatIds.length),
        seatIds,
      );
      return rows.map((row) => ({ ...row, seatId: String(row.seatId) }));
    },
    insertHolds: async (tx, { clock, ...owner }, seats) =>
      (await insertEach(tx, clock, [{ ...owner, seats }])).flat(),
    insertEach,
  };
}

async function insertEach(
  tx: Tx,
  { now, heldUntil, idStep }: HoldClock,
  owned: readonly OwnedSeats[],
): Promise<Hold[][]> {
  const values = owned.flatMap(({ userId, concertId, scheduleId, entryId, seats }) =>
    seats.map(({ seatId, price }) => {
      const place = [userId, seatId, concertId, scheduleId, price, entryId];
      return [...place, now, heldUntil, 'HELD'];
    }),
  );
  const { insertId } = await tx.run(insertHoldsSql(values.length), values.flat());
  const ids = newIds(insertId, values.length, idStep).values();
  return owned.map(({ seats }) =>
    seats.map(({ seatId, seatNum, price }) => ({
      reservationId: String(ids.next().value),
      seatId: String(seatId),
      seatNum,
      price,
      reservationStatus: 'HELD',
      reservationExpireDt: isoOf(heldUntil),
    })),
  );
}
