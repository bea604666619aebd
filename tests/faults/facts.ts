import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Facts } from './history.ts';

const queries: Record<keyof Facts, string> = {
  seats: `SELECT CAST(seat_id AS CHAR) AS seatId, price, seat_status AS seatStatus FROM concert_seat`,
  reservations: `
    SELECT CAST(reservation_id AS CHAR) AS reservationId, CAST(user_id AS CHAR) AS userId,
           CAST(seat_id AS CHAR) AS seatId, reservation_status AS reservationStatus,
           reservation_expire_dt < SYSDATE(6) - INTERVAL 10 SECOND AS isOverdue
      FROM reservation`,
  payments: `
    SELECT CAST(payment_id AS CHAR) AS paymentId, CAST(user_id AS CHAR) AS userId,
           CAST(reservation_id AS CHAR) AS reservationId, amount, payment_status AS paymentStatus
      FROM payment`,
  points: `SELECT CAST(user_id AS CHAR) AS userId, point FROM point`,
  history: `
    SELECT CAST(h.point_history_id AS CHAR) AS pointHistoryId, CAST(p.user_id AS CHAR) AS userId,
           h.amount, h.point_after_transaction AS pointAfter, h.type
      FROM point_history h JOIN point p ON p.point_id = h.point_id
     ORDER BY h.point_id, h.seq`,
};

/** What the database holds now. */
export async function readFacts(databaseUrl: string): Promise<Facts> {
  const connection = await createConnection({ uri: databaseUrl });
  try {
    const read = async (sql: string) => (await connection.query<RowDataPacket[]>(sql))[0];
    const rows: Record<string, RowDataPacket[]> = {};
    for (const [name, sql] of Object.entries(queries)) rows[name] = await read(sql);
    for (const reservation of rows['reservations'] ?? []) {
      reservation['isOverdue'] = reservation['isOverdue'] === 1;
    }
    return rows as unknown as Facts;
  } finally {
    await connection.end();
  }
}
