import type { Connection } from 'mysql2/promise';

/** How much there is to search in. */
export const sizes = {
  users: 100_000,
  concerts: 50,
  schedules: 200,
  seatsPerSchedule: 1_000,
  reservations: 1_000_000,
  payments: 150_000,
};

const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ');
const powers = [1, 10, 100, 1_000, 10_000, 100_000];
const sum = powers.map((power, index) => `d${index}.d * ${power}`).join(' + ');
const joined = powers.map((_, index) => `(${digits}) d${index}`).join(' CROSS JOIN ');

const seats = sizes.schedules * sizes.seatsPerSchedule;

/**
 * A million reservations: the first ones confirmed and paid, each with a seat of its own; the rest
 * has run out. Spread so that every account and every seat has some; the audit finds nothing.
 */
const statements = [
  `CREATE TABLE numbers (i INT NOT NULL PRIMARY KEY)`,
  `INSERT INTO numbers SELECT 1 + ${sum} FROM ${joined}`,
  `INSERT INTO users (user_id, user_name, password_hash)
    SELECT i, CONCAT('fan-', i), '-' FROM numbers WHERE i <= ${sizes.users}`,
  `INSERT INTO point (point_id, user_id, point, version)
    SELECT i, i, 1000000, 1 FROM numbers WHERE i <= ${sizes.users}`,
  `INSERT INTO point_history (point_id, seq, amount, point_after_transaction, type)
    SELECT i, 1, 1000000, 1000000, 'CHARGE' FROM numbers WHERE i <= ${sizes.users}`,
  `INSERT INTO concert (concert_id, concert_name)
    SELECT i, CONCAT('Concert ', i) FROM numbers WHERE i <= ${sizes.concerts}`,
  `INSERT INTO concert_schedule (concert_schedule_id, concert_id, concert_dt, total_seat)
    SELECT i, 1 + (i - 1) % ${sizes.concerts}, SYSDATE(6) + INTERVAL i DAY,
      ${sizes.seatsPerSchedule * 2} FROM numbers WHERE i <= ${sizes.schedules}`,
  `INSERT INTO concert_seat (seat_id, concert_id, concert_schedule_id, seat_num, price,
      seat_status, block_name)
    SELECT i, 1 + ((i - 1) DIV ${sizes.seatsPerSchedule}) % ${sizes.concerts},
      1 + (i - 1) DIV ${sizes.seatsPerSchedule}, 1 + (i - 1) % ${sizes.seatsPerSchedule}, 1000,
      IF(i <= ${sizes.payments}, 'SOLD', 'AVAILABLE'), CONCAT('Block ', i % 10)
    FROM numbers WHERE i <= ${seats}`,
  `INSERT INTO reservation (reservation_id, user_id, seat_id, concert_id, concert_schedule_id,
      price, reservation_expire_dt, reservation_status)
    SELECT n.i, 1 + n.i % ${sizes.users}, s.seat_id, s.concert_id, s.concert_schedule_id, 1000,
      SYSDATE(6) - INTERVAL 1 HOUR, IF(n.i <= ${sizes.payments}, 'CONFIRMED', 'EXPIRED')
    FROM numbers n JOIN concert_seat s ON s.seat_id = 1 + (n.i - 1) % ${seats}`,
  `INSERT INTO payment (payment_id, user_id, reservation_id, amount, payment_status)
    SELECT reservation_id, user_id, reservation_id, price, 'COMPLETED' FROM reservation
    WHERE reservation_id <= ${sizes.payments}`,
  `INSERT INTO point_history (point_id, seq, amount, point_after_transaction, type, payment_id)
    SELECT user_id, 1 + n, -amount, 1000000 - n * amount, 'USE', payment_id FROM (
      SELECT payment_id, user_id, amount,
        ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY payment_id) AS n FROM payment) paid`,
  `UPDATE point p JOIN (SELECT user_id, COUNT(*) AS n, SUM(amount) AS spent FROM payment
      GROUP BY user_id) paid ON paid.user_id = p.user_id
    SET p.point = p.point - paid.spent, p.version = p.version + paid.n`,
  `INSERT INTO outbox_event (concert_id, event_type, payload, delivered_at)
    SELECT 1 + i % ${sizes.concerts}, 'payment.completed', '{}', SYSDATE(6)
    FROM numbers WHERE i <= 100000`,
  `DROP TABLE numbers`,
  `ANALYZE TABLE users, point, point_history, concert, concert_schedule, concert_seat,
    reservation, payment, outbox_event`,
];

export async function fill(connection: Connection): Promise<void> {
  await connection.query("SET time_zone = '+00:00'");
  for (const sql of statements) await connection.query(sql);
}
