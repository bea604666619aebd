/**
 * The ids of rows that one INSERT with so many VALUES made: consecutive, by the server's step
 * (InnoDB, "simple inserts", in every auto-increment lock mode; a Galera cluster has a step > 1).
 * INSERT … SELECT has no such promise, and takes a lock on the whole table for its ids.
 */
export const newIds = (insertId: number, count: number, step: number): string[] =>
  Array.from({ length: count }, (_, index) => String(insertId + index * step));

/** A DATETIME(6) of the database as text, `2026-11-22 19:00:00.123456`, as ISO 8601 in ms. */
export const isoOf = (text: string): string => `${text.slice(0, 10)}T${text.slice(11, 23)}Z`;

/** `(?, ?), (?, ?)` for rows of an INSERT. */
export const rowMarks = (rows: number, columns: number): string => {
  const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`;
  return Array.from({ length: rows }, () => row).join(', ');
};
