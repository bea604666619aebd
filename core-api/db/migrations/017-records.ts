import { dropTables, tableOptions, timestamps, word } from './columns.ts';
import type { Migration } from './index.ts';

const counts = [
  'arrived',
  'admitted',
  'returned',
  'activated',
  'passed',
  'completed',
  '`left`',
  'idle',
  'expired',
  'missed',
  'revoked',
];

/**
 * What became of a room in each minute (of Unix time), as its gateways counted it: of all people
 * together. `waits` is bucket and people, `12:3 14:1`.
 */
const roomMinute = `CREATE TABLE IF NOT EXISTS room_minute (
  concert_id BIGINT NOT NULL,
  minute_number INT NOT NULL,
  ${word('bound_by', ['none', 'closed', 'slots', 'rate', 'pressure', 'seats'])},
  waiting INT NOT NULL,
  inside INT NOT NULL,
  ${counts.map((name) => `${name} INT NOT NULL CHECK (${name} >= 0)`).join(',\n  ')},
  waits VARCHAR(2000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ${timestamps},
  PRIMARY KEY (concert_id, minute_number),
  CONSTRAINT fk_minute_concert FOREIGN KEY (concert_id) REFERENCES concert (concert_id)
) ${tableOptions}`;

export const records: Migration = {
  name: '017-records',
  up: ['ALTER TABLE room_policy ADD COLUMN record_public TINYINT NOT NULL DEFAULT 0', roomMinute],
  down: [...dropTables('room_minute'), 'ALTER TABLE room_policy DROP COLUMN record_public'],
};
