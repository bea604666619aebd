import { marks, type Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';

const candidatesSql = (batchMax: number): string => `SELECT user_id AS userId, seat_id AS seatId
  FROM reservation
  WHERE reservation_status = 'HELD' AND reservation_expire_dt <= SYSDATE(6)
  ORDER BY reservation_expire_dt LIMIT ${batchMax}`;

/** Whoever is busy at the moment is left for the next round: nobody waits for this job. */
const lockUsersSql = (count: number): string => `SELECT user_id AS id FROM users
  WHERE user_id IN (${marks(count)}) ORDER BY user_id FOR UPDATE SKIP LOCKED`;
const lockSeatsSql = (count: number): string => `SELECT seat_id AS id FROM concert_seat
  WHERE seat_id IN (${marks(count)}) ORDER BY seat_id FOR UPDATE SKIP LOCKED`;

/** Only while it is still held by a hold that ran out. */
const freeSeatsSql = (count: number): string => `UPDATE concert_seat FORCE INDEX (PRIMARY)
  SET seat_status = 'AVAILABLE', held_until = NULL, seat_version = seat_version + 1
  WHERE seat_id IN (${marks(count)}) AND seat_status = 'HELD' AND held_until <= SYSDATE(6)`;

export interface OverdueSeat {
  userId: string;
  seatId: string;
}

export interface ExpiryRepository {
  /** Seats of overdue holds, oldest first; read without a lock. */
  candidates(batchMax: number): Promise<OverdueSeat[]>;
  /** Locks what nobody else has locked: accounts first, then seats, each ascending. */
  lockAvailable(tx: Tx, candidates: readonly OverdueSeat[]): Promise<string[]>;
  freeSeats(tx: Tx, seatIds: readonly string[]): Promise<void>;
}

const ascending = (ids: Iterable<string>): string[] =>
  [...new Set(ids)].sort((a, b) => Number(a) - Number(b));

export function createExpiryRepository(database: Statements): ExpiryRepository {
  async function lock(tx: Tx, sql: (count: number) => string, ids: string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rows = await tx.rows<{ id: number }>(sql(ids.length), ids);
    return new Set(rows.map(({ id }) => String(id)));
  }

  return {
    candidates: async (batchMax) => {
      const rows = await database.rows<{ userId: number; seatId: number }>(candidatesSql(batchMax));
      return rows.map(({ userId, seatId }) => ({ userId: String(userId), seatId: String(seatId) }));
    },
    lockAvailable: async (tx, candidates) => {
      const users = await lock(tx, lockUsersSql, ascending(candidates.map(({ userId }) => userId)));
      const wanted = candidates.filter(({ userId }) => users.has(userId));
      return [...(await lock(tx, lockSeatsSql, ascending(wanted.map(({ seatId }) => seatId))))];
    },
    freeSeats: async (tx, seatIds) => {
      await tx.run(freeSeatsSql(seatIds.length), seatIds);
    },
  };
}
