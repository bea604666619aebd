/** A value bound to `?`. Never an object or array: mysql2 would expand those into SQL. */
export type SqlValue = string | number | bigint | boolean | Date | Buffer | null;

export interface RunResult {
  /** Rows that were changed; a row updated to what it was does not count (`-FOUND_ROWS`). */
  affectedRows: number;
  insertId: number;
}

/** Prepared statements with `?` marks. */
export interface Statements {
  /** A statement that reads. */
  rows<Row>(sql: string, params?: readonly SqlValue[]): Promise<Row[]>;
  /** A statement that writes. */
  run(sql: string, params?: readonly SqlValue[]): Promise<RunResult>;
}

/** `?, ?, ?` for an IN list of n values. Lists are short and bounded by the contracts. */
export const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

/**
 * Up to the next power of two with the last value again, for an IN list: a handful of statements
 * to prepare whatever the length.
 */
export function padded(values: readonly string[]): string[] {
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, values.length)));
  return Array.from({ length: size }, (_, index) => values[index] ?? values.at(-1) ?? '0');
}

export function createStatements(
  execute: (sql: string, params: readonly SqlValue[]) => Promise<unknown>,
): Statements {
  return {
    rows: async <Row>(sql: string, params: readonly SqlValue[] = []) =>
      (await execute(sql, params)) as Row[],
    run: async (sql, params = []) => {
      const { affectedRows, insertId } = (await execute(sql, params)) as RunResult;
      return { affectedRows, insertId };
    },
  };
}
