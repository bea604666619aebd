/** Pieces that every table of the model shares. */

/** The row's own life, not the thing's: INACTIVE is a soft delete. */
export const rowStatus =
  "status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'INACTIVE'))";

export const timestamps = `created_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)`;

/** A word out of a fixed list, compared byte by byte. */
export const word = (column: string, words: readonly string[], fallback?: string): string =>
  `${column} VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL` +
  (fallback ? ` DEFAULT '${fallback}'` : '') +
  ` CHECK (${column} IN (${words.map((text) => `'${text}'`).join(', ')}))`;

export const tableOptions = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';

export const dropTables = (...tables: string[]): string[] =>
  tables.map((table) => `DROP TABLE IF EXISTS ${table}`);
