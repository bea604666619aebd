import { dropTables, tableOptions, timestamps } from './columns.ts';
import type { Migration } from './index.ts';

/**
 * A date that was called off, and how far giving everything back has come. The row is the job:
 * whoever locks it does the next batch, until `finished_at` is set.
 */
const scheduleCancel = `CREATE TABLE IF NOT EXISTS schedule_cancel (
  concert_schedule_id BIGINT NOT NULL PRIMARY KEY,
  concert_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  released INT NOT NULL DEFAULT 0,
  refunded INT NOT NULL DEFAULT 0,
  refunded_points BIGINT NOT NULL DEFAULT 0,
  finished_at TIMESTAMP(6) NULL DEFAULT NULL,
  ${timestamps},
  KEY ix_cancel_open (finished_at),
  CONSTRAINT fk_cancel_schedule FOREIGN KEY (concert_schedule_id)
    REFERENCES concert_schedule (concert_schedule_id)
) ${tableOptions}`;

export const cancellations: Migration = {
  name: '011-cancellations',
  up: [scheduleCancel],
  down: dropTables('schedule_cancel'),
};
