import type { Database } from '../../core-api/db/database.ts';
import type { SqlValue, Statements } from '../../core-api/db/statements.ts';

export interface Recorded {
  sql: string;
  params: readonly SqlValue[];
}

export interface Recorder {
  around(database: Database): Database;
  /** What was sent since the last call. */
  take(): Recorded[];
}

/** Writes down every raw statement on its way to the database. */
export function createRecorder(): Recorder {
  let recorded: Recorded[] = [];
  const note = (sql: string, params: readonly SqlValue[] = []): void => {
    recorded.push({ sql, params });
  };
  const noted = <S extends Statements>(statements: S): S => ({
    ...statements,
    rows: (sql, params) => {
      note(sql, params);
      return statements.rows(sql, params);
    },
    run: (sql, params) => {
      note(sql, params);
      return statements.run(sql, params);
    },
  });
  return {
    around: (database) => ({
      ...noted(database),
      arrays: (sql, params) => {
        note(sql, params);
        return database.arrays(sql, params);
      },
      transaction: (work, options) => database.transaction((tx) => work(noted(tx)), options),
    }),
    take: () => {
      const taken = recorded;
      recorded = [];
      return taken;
    },
  };
}
