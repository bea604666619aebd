import { dropTables, tableOptions, timestamps } from './columns.ts';
import type { Migration } from './index.ts';

/** A row per hold that was extended: its key is what makes a second extension impossible. */
const holdExtension = `CREATE TABLE IF NOT EXISTS hold_extension (
  reservation_id BIGINT NOT NULL PRIMARY KEY,
  ${timestamps},
  CONSTRAINT fk_extension_reservation FOREIGN KEY (reservation_id)
    REFERENCES reservation (reservation_id)
) ${tableOptions}`;

export const extensions: Migration = {
  name: '008-extensions',
  up: [holdExtension],
  down: dropTables('hold_extension'),
};
