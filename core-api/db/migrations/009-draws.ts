import { dropTables, tableOptions, timestamps } from './columns.ts';
import type { Migration } from './index.ts';

/**
 * The draw of a room: a secret from before anybody registered, and what was fixed at the opening.
 * The latter is written once, and only then is the secret told. It lives here so that the loss of
 * Redis changes nobody's number.
 */
const roomDraw = `CREATE TABLE IF NOT EXISTS room_draw (
  concert_id BIGINT NOT NULL PRIMARY KEY,
  secret CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  commitment CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  registered INT NULL,
  base_number BIGINT NULL,
  digest CHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ${timestamps},
  CONSTRAINT ck_draw_fixed CHECK ((registered IS NULL) = (digest IS NULL)
    AND (registered IS NULL) = (base_number IS NULL)),
  CONSTRAINT fk_draw_concert FOREIGN KEY (concert_id) REFERENCES concert (concert_id)
) ${tableOptions}`;

export const draws: Migration = {
  name: '009-draws',
  up: [roomDraw],
  down: dropTables('room_draw'),
};
