import { dropTables, tableOptions, timestamps } from './columns.ts';
import type { Migration } from './index.ts';

/**
 * The seats of a date by state, as the sum of its rows. Whoever changes a seat adds a row and
 * locks nobody else's; a job folds many rows into one, which changes no sum.
 */
const seatCount = `CREATE TABLE IF NOT EXISTS seat_count (
  seat_count_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  concert_schedule_id BIGINT NOT NULL,
  total INT NOT NULL,
  held INT NOT NULL,
  sold INT NOT NULL,
  ${timestamps},
  KEY ix_count_schedule (concert_schedule_id)
) ${tableOptions}`;

export const seatCounts: Migration = {
  name: '014-seat-counts',
  up: [seatCount],
  down: dropTables('seat_count'),
};
