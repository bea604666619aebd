import type { Check } from './check.ts';

/** Whom each seat belongs to. A hold in time is one whose end lies ahead by the database's clock. */
export const seatChecks: readonly Check[] = [
  {
    name: 'seat-two-live-reservations',
    says: 'A seat has at most one live (HELD in time, or CONFIRMED) reservation',
    sql: `SELECT seat_id, COUNT(*) AS live, GROUP_CONCAT(reservation_id) AS reservation_ids
      FROM reservation
      WHERE reservation_status = 'CONFIRMED'
        OR (reservation_status = 'HELD' AND reservation_expire_dt > SYSDATE(6))
      GROUP BY seat_id HAVING COUNT(*) > 1`,
  },
  {
    name: 'seat-sold-without-reservation',
    says: 'A SOLD seat has a CONFIRMED reservation',
    sql: `SELECT s.seat_id, s.concert_id FROM concert_seat s
      WHERE s.seat_status = 'SOLD' AND NOT EXISTS (SELECT 1 FROM reservation r
        WHERE r.live_seat_id = s.seat_id AND r.reservation_status = 'CONFIRMED')`,
  },
  {
    name: 'seat-confirmed-not-sold',
    says: 'The seat of a CONFIRMED reservation is SOLD',
    sql: `SELECT r.reservation_id, r.seat_id, s.seat_status
      FROM reservation r JOIN concert_seat s ON s.seat_id = r.seat_id
      WHERE r.reservation_status = 'CONFIRMED' AND s.seat_status <> 'SOLD'`,
  },
  {
    name: 'seat-held-without-reservation',
    says: 'A seat that is HELD in time has a HELD reservation that ends at the same moment',
    sql: `SELECT s.seat_id, s.held_until FROM concert_seat s
      WHERE s.seat_status = 'HELD' AND s.held_until > SYSDATE(6)
        AND NOT EXISTS (SELECT 1 FROM reservation r
          WHERE r.live_seat_id = s.seat_id AND r.reservation_status = 'HELD'
            AND r.reservation_expire_dt = s.held_until)`,
  },
  {
    name: 'seat-hold-not-kept',
    says: 'The seat of a hold in time is HELD until the same moment',
    sql: `SELECT r.reservation_id, r.seat_id, s.seat_status, s.held_until, r.reservation_expire_dt
      FROM reservation r JOIN concert_seat s ON s.seat_id = r.seat_id
      WHERE r.reservation_status = 'HELD' AND r.reservation_expire_dt > SYSDATE(6)
        AND NOT (s.seat_status = 'HELD' AND s.held_until = r.reservation_expire_dt)`,
  },
  {
    name: 'cancelled-date-still-sold',
    says: 'No seat of a cancelled date is for sale, and when all is given back none belongs to anybody',
    sql: `SELECT s.seat_id, x.concert_schedule_id, s.status, s.seat_status, x.finished_at
      FROM schedule_cancel x JOIN concert_seat s ON s.concert_schedule_id = x.concert_schedule_id
      WHERE s.status = 'ACTIVE' OR (x.finished_at IS NOT NULL AND s.seat_status <> 'AVAILABLE')`,
  },
  {
    name: 'checked-in-without-seat',
    says: 'Who came in has a CONFIRMED reservation, unless the whole date was cancelled afterwards',
    sql: `SELECT r.reservation_id, r.reservation_status, r.checked_in_at FROM reservation r
      WHERE r.checked_in_at IS NOT NULL AND r.reservation_status <> 'CONFIRMED'
        AND NOT (r.reservation_status = 'CANCELLED' AND EXISTS (SELECT 1 FROM schedule_cancel x
          WHERE x.concert_schedule_id = r.concert_schedule_id))`,
  },
  {
    name: 'seat-counts-wrong',
    says: 'The sums of a date that is counted are those of its seats',
    sql: `SELECT k.concert_schedule_id, k.total, k.held, k.sold, s.seats, s.seats_held, s.seats_sold
      FROM (SELECT concert_schedule_id, SUM(total) AS total, SUM(held) AS held, SUM(sold) AS sold
          FROM seat_count GROUP BY concert_schedule_id) k
        LEFT JOIN (SELECT concert_schedule_id, COUNT(*) AS seats,
            SUM(seat_status = 'HELD') AS seats_held, SUM(seat_status = 'SOLD') AS seats_sold
          FROM concert_seat WHERE status = 'ACTIVE' GROUP BY concert_schedule_id) s
          ON s.concert_schedule_id = k.concert_schedule_id
      WHERE k.total <> COALESCE(s.seats, 0) OR k.held <> COALESCE(s.seats_held, 0)
        OR k.sold <> COALESCE(s.seats_sold, 0)`,
  },
  {
    name: 'reservation-of-another-concert',
    says: 'A reservation names the concert and the schedule of its seat',
    sql: `SELECT r.reservation_id, r.seat_id FROM reservation r
      JOIN concert_seat s ON s.seat_id = r.seat_id
      WHERE r.concert_id <> s.concert_id OR r.concert_schedule_id <> s.concert_schedule_id`,
  },
];
