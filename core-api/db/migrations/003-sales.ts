import { dropTables, rowStatus, tableOptions, timestamps, word } from './columns.ts';
import type { Migration } from './index.ts';

/**
 * `live_seat_id` is the seat while the reservation keeps it, else NULL: UNIQUE over it means one
 * live reservation per seat, whatever any lock did. An overdue hold must be EXPIRED in the same
 * transaction that takes the seat over. `entry_id` is the queue entry that made the hold.
 */
const reservation = `CREATE TABLE IF NOT EXISTS reservation (
  reservation_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id BIGINT NOT NULL,
  seat_id BIGINT NOT NULL,
  concert_id BIGINT NOT NULL,
  concert_schedule_id BIGINT NOT NULL,
  price INT NOT NULL,
  entry_id VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reservation_dt TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  reservation_expire_dt TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  ${word('reservation_status', ['HELD', 'CONFIRMED', 'EXPIRED', 'CANCELLED'])},
  live_seat_id BIGINT AS
    (CASE WHEN reservation_status IN ('HELD', 'CONFIRMED') THEN seat_id END) VIRTUAL,
  ${rowStatus},
  ${timestamps},
  UNIQUE KEY uq_reservation_live_seat (live_seat_id),
  KEY ix_reservation_user (user_id, concert_id, reservation_status),
  KEY ix_reservation_overdue (reservation_status, reservation_expire_dt),
  KEY ix_reservation_seat (seat_id),
  CONSTRAINT fk_reservation_user FOREIGN KEY (user_id) REFERENCES users (user_id),
  CONSTRAINT fk_reservation_seat FOREIGN KEY (seat_id) REFERENCES concert_seat (seat_id)
) ${tableOptions}`;

/** One payment per reservation, for ever: a refunded one is not paid again. */
const payment = `CREATE TABLE IF NOT EXISTS payment (
  payment_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id BIGINT NOT NULL,
  reservation_id BIGINT NOT NULL,
  amount INT NOT NULL,
  ${word('payment_status', ['COMPLETED', 'REFUNDED'])},
  payment_dt TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  ${rowStatus},
  ${timestamps},
  UNIQUE KEY uq_payment_reservation (reservation_id),
  KEY ix_payment_user (user_id),
  CONSTRAINT fk_payment_user FOREIGN KEY (user_id) REFERENCES users (user_id),
  CONSTRAINT fk_payment_reservation FOREIGN KEY (reservation_id)
    REFERENCES reservation (reservation_id),
  CONSTRAINT ck_payment_amount CHECK (amount >= 0)
) ${tableOptions}`;

/**
 * The ledger. `seq` is the point row's version after this change: 1, 2, 3, … without a gap.
 * A payment is used once and refunded once.
 */
const pointHistory = `CREATE TABLE IF NOT EXISTS point_history (
  point_history_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  point_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  amount INT NOT NULL,
  point_after_transaction INT NOT NULL,
  ${word('type', ['CHARGE', 'USE', 'REFUND'])},
  payment_id BIGINT NULL,
  ${rowStatus},
  ${timestamps},
  UNIQUE KEY uq_history_seq (point_id, seq),
  UNIQUE KEY uq_history_payment (payment_id, type),
  CONSTRAINT fk_history_point FOREIGN KEY (point_id) REFERENCES point (point_id),
  CONSTRAINT fk_history_payment FOREIGN KEY (payment_id) REFERENCES payment (payment_id),
  CONSTRAINT ck_history_not_negative CHECK (point_after_transaction >= 0),
  CONSTRAINT ck_history_sign CHECK ((type = 'USE' AND amount <= 0) OR (type <> 'USE' AND amount >= 0)),
  CONSTRAINT ck_history_payment CHECK ((type = 'CHARGE') = (payment_id IS NULL))
) ${tableOptions}`;

export const sales: Migration = {
  name: '003-sales',
  up: [reservation, payment, pointHistory],
  down: dropTables('point_history', 'payment', 'reservation'),
};
