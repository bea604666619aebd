import { randomBytes } from 'node:crypto';
import { createConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';

/** A date and buyers who have points. */
export interface BenchSale {
  concertId: string;
  scheduleId: string;
  userIds: string[];
  seatIds: string[];
  /** The first buyer with the first seat, and so on. */
  places: { userId: string; seatId: string }[];
}

export const benchPrice = 1_000;
/** What an account may have of a concert. */
export const benchSeatsMax = 4;

/** @param buyers as many as seats unless said, each with the points for `benchSeatsMax`. */
export async function makeBenchSale(
  databaseUrl: string,
  seats: number,
  buyers = seats,
): Promise<BenchSale> {
  const connection = await createConnection({ uri: databaseUrl });
  const insert = async (sql: string, params: unknown[]) =>
    (await connection.query<ResultSetHeader>(sql, params))[0].insertId;
  const ids = async (sql: string, params: unknown[]) =>
    (await connection.query<RowDataPacket[]>(sql, params))[0].map((row) => String(row['id']));

  const concertId = await insert('INSERT INTO concert (concert_name) VALUES (?)', ['Bench']);
  const scheduleId = await insert(
    `INSERT INTO concert_schedule (concert_id, concert_dt, total_seat)
       VALUES (?, SYSDATE(6) + INTERVAL 30 DAY, ?)`,
    [concertId, seats],
  );
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  await insert(
    'INSERT INTO concert_seat (concert_id, concert_schedule_id, seat_num, price) VALUES ?',
    [upTo(seats).map((number) => [concertId, scheduleId, number, benchPrice])],
  );
  const prefix = `bench-${randomBytes(5).toString('hex')}`;
  await insert('INSERT INTO users (user_name, password_hash) VALUES ?', [
    upTo(buyers).map((number) => [`${prefix}-${number}`, '-']),
  ]);
  const of = `WHERE u.user_name LIKE '${prefix}-%'`;
  await insert(
    `INSERT INTO point (user_id, point, version) SELECT user_id, ?, 1 FROM users u ${of}`,
    [benchPrice * benchSeatsMax],
  );
  await insert(
    `INSERT INTO point_history (point_id, seq, amount, point_after_transaction, type)
       SELECT point_id, 1, point, point, 'CHARGE' FROM point JOIN users u USING (user_id) ${of}`,
    [],
  );
  const userIds = await ids(`SELECT user_id AS id FROM users u ${of}`, []);
  const seatIds = await ids(
    'SELECT seat_id AS id FROM concert_seat WHERE concert_schedule_id = ?',
    [scheduleId],
  );
  await connection.end();
  const places = userIds
    .slice(0, seats)
    .map((userId, at) => ({ userId, seatId: seatIds[at] ?? '' }));
  const ofDate = { concertId: String(concertId), scheduleId: String(scheduleId) };
  return { ...ofDate, userIds, seatIds, places };
}
