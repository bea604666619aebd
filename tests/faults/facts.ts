import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Facts } from './history.ts';

/** One hall and the accounts that were made for it: of several rounds on one database, one. */
export interface Scope {
  concertId: string;
  fromUserId: string;
}

/** Each takes its scope as the one parameter: the concert of seats and events, of all else the first account. */
const queries: Record<keyof Facts, string> = {
  seats: `SELECT CAST(seat_id AS CHAR) AS seatId, price, seat_status AS seatStatus
      FROM concert_seat WHERE concert_id = ?`,
  reservations: `
    SELECT CAST(reservation_id AS CHAR) AS reservationId, CAST(user_id AS CHAR) AS userId,
           CAST(seat_id AS CHAR) AS seatId, reservation_status AS reservationStatus,
           reservation_expire_dt < SYSDATE(6) - INTERVAL 10 SECOND AS isOverdue,
           reservation_expire_dt > SYSDATE(6) AS isInTime
      FROM reservation WHERE user_id >= ?`,
  payments: `
    SELECT CAST(payment_id AS CHAR) AS paymentId, CAST(user_id AS CHAR) AS userId,
           CAST(reservation_id AS CHAR) AS reservationId, amount, payment_status AS paymentStatus
      FROM payment WHERE user_id >= ?`,
  points: `SELECT CAST(user_id AS CHAR) AS userId, point FROM point WHERE user_id >= ?`,
  history: `
    SELECT CAST(h.point_history_id AS CHAR) AS pointHistoryId, CAST(p.user_id AS CHAR) AS userId,
           h.amount, h.point_after_transaction AS pointAfter, h.type
      FROM point_history h JOIN point p ON p.point_id = h.point_id
     WHERE p.user_id >= ? ORDER BY h.point_id, h.seq`,
  events: `SELECT event_type AS type, payload FROM outbox_event WHERE concert_id = ?`,
};

const ofConcert = new Set(['seats', 'events']);

/** What the database holds now. */
export async function readFacts(databaseUrl: string, scope: Scope): Promise<Facts> {
  const connection = await createConnection({ uri: databaseUrl });
  try {
    // All of one moment, so that it may be read while people buy.
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const rows: Record<string, RowDataPacket[]> = {};
    for (const [name, sql] of Object.entries(queries)) {
      const of = ofConcert.has(name) ? scope.concertId : scope.fromUserId;
      [rows[name]] = await connection.query<RowDataPacket[]>(sql, [of]);
    }
    for (const reservation of rows['reservations'] ?? []) {
      reservation['isOverdue'] = reservation['isOverdue'] === 1;
      reservation['isInTime'] = reservation['isInTime'] === 1;
    }
    return rows as unknown as Facts;
  } finally {
    await connection.end();
  }
}

/** How many holds are still open. */
export async function countHeld(databaseUrl: string, scope: Scope): Promise<number> {
  const connection = await createConnection({ uri: databaseUrl });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT COUNT(*) AS held FROM reservation WHERE user_id >= ? AND reservation_status = 'HELD'`,
      [scope.fromUserId],
    );
    return Number(rows[0]?.['held']);
  } finally {
    await connection.end();
  }
}
