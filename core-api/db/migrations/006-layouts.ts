import { dropTables, tableOptions, timestamps } from './columns.ts';
import type { Migration } from './index.ts';

/**
 * Counts the changes of what is fixed about the seats of a date: which there are, their numbers,
 * prices and blocks. A date without a row is at version 1.
 */
const seatLayout = `CREATE TABLE IF NOT EXISTS seat_layout (
  concert_schedule_id BIGINT NOT NULL PRIMARY KEY,
  version INT NOT NULL,
  ${timestamps},
  CONSTRAINT fk_layout_schedule FOREIGN KEY (concert_schedule_id)
    REFERENCES concert_schedule (concert_schedule_id)
) ${tableOptions}`;

export const layouts: Migration = {
  name: '006-layouts',
  up: [seatLayout],
  down: dropTables('seat_layout'),
};
