import { dropTables, rowStatus, tableOptions, timestamps, word } from './columns.ts';
import type { Migration } from './index.ts';

const concert = `CREATE TABLE IF NOT EXISTS concert (
  concert_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  concert_name VARCHAR(200) NOT NULL,
  seats_per_user INT NOT NULL DEFAULT 4,
  refund_until_hours INT NOT NULL DEFAULT 24,
  ${rowStatus},
  ${timestamps},
  CONSTRAINT ck_concert_limits CHECK (seats_per_user >= 1 AND refund_until_hours >= 0)
) ${tableOptions}`;

const concertSchedule = `CREATE TABLE IF NOT EXISTS concert_schedule (
  concert_schedule_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  concert_id BIGINT NOT NULL,
  concert_dt TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  total_seat INT NOT NULL,
  ${rowStatus},
  ${timestamps},
  KEY ix_schedule_concert (concert_id, concert_dt),
  CONSTRAINT fk_schedule_concert FOREIGN KEY (concert_id) REFERENCES concert (concert_id),
  CONSTRAINT ck_schedule_total CHECK (total_seat >= 1)
) ${tableOptions}`;

/**
 * The seat row decides who has the seat. `held_until` is the end of the hold by the database's
 * clock, set for HELD only; `seat_version` grows with every change of `seat_status`.
 */
const concertSeat = `CREATE TABLE IF NOT EXISTS concert_seat (
  seat_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  concert_id BIGINT NOT NULL,
  concert_schedule_id BIGINT NOT NULL,
  seat_num INT NOT NULL,
  price INT NOT NULL,
  ${word('seat_status', ['AVAILABLE', 'HELD', 'SOLD'], 'AVAILABLE')},
  block_name VARCHAR(32) NULL,
  held_until TIMESTAMP(6) NULL DEFAULT NULL,
  seat_version INT NOT NULL DEFAULT 0,
  ${rowStatus},
  ${timestamps},
  UNIQUE KEY uq_seat_number (concert_schedule_id, seat_num),
  KEY ix_seat_concert (concert_id),
  KEY ix_seat_state (concert_schedule_id, seat_status, seat_num),
  CONSTRAINT fk_seat_concert FOREIGN KEY (concert_id) REFERENCES concert (concert_id),
  CONSTRAINT fk_seat_schedule FOREIGN KEY (concert_schedule_id)
    REFERENCES concert_schedule (concert_schedule_id),
  CONSTRAINT ck_seat_price CHECK (price >= 0),
  CONSTRAINT ck_seat_held CHECK ((seat_status = 'HELD') = (held_until IS NOT NULL))
) ${tableOptions}`;

export const concerts: Migration = {
  name: '002-concerts',
  up: [concert, concertSchedule, concertSeat],
  down: dropTables('concert_seat', 'concert_schedule', 'concert'),
};
