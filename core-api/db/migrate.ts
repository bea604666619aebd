import { createConnection } from 'mysql2/promise';
import { Sequelize } from 'sequelize';
import { SequelizeStorage, Umzug } from 'umzug';
import { errno, errnoOf, isDoneAlready, isRefused } from './db-errors.ts';
import { type Migration, migrations } from './migrations/index.ts';
import type { Statements } from './statements.ts';

export interface MigrateOptions {
  databaseUrl: string;
  log?: (line: string) => void;
}

/** One process migrates a schema at a time; the next one waits, then finds nothing to do. */
const lockWaitSeconds = 120;

/**
 * Brings the schema up to date. Safe when two processes run it at once.
 * @returns the names of the migrations that were applied.
 */
export const migrateUp = (options: MigrateOptions): Promise<string[]> =>
  withUmzug(options, async (umzug) => (await umzug.up()).map(({ name }) => name));

/** Takes every migration back: all tables are gone afterwards. */
export const migrateDown = (options: MigrateOptions): Promise<string[]> =>
  withUmzug(options, async (umzug) => (await umzug.down({ to: 0 })).map(({ name }) => name));

/**
 * The names of the migrations that are still to be applied. Only reads: umzug itself would make
 * its table when asked.
 */
export async function pendingMigrations({ rows }: Pick<Statements, 'rows'>): Promise<string[]> {
  const applied = await rows<{ name: string }>('SELECT name FROM schema_migration').catch(
    (error: unknown) => {
      if (errnoOf(error) === errno.noSuchTable) return [];
      throw error;
    },
  );
  const names = new Set(applied.map(({ name }) => name));
  return migrations.map(({ name }) => name).filter((name) => !names.has(name));
}

/** A step that was cut in the middle finds its columns there: MySQL has no ADD … IF NOT EXISTS. */
function unlessDone(error: unknown): void {
  if (!isDoneAlready(error)) throw error;
}

function createUmzug(sequelize: Sequelize, log?: (line: string) => void) {
  const step = (migration: Migration, sql: readonly string[]) => async () => {
    try {
      for (const statement of sql) await sequelize.query(statement).catch(unlessDone);
    } catch (error) {
      if (!migration.mayBeRefused || !isRefused(error)) throw error;
      log?.(`migration ${migration.name} left out: the account may not do that`);
    }
  };
  return new Umzug({
    migrations: migrations.map((migration: Migration) => ({
      name: migration.name,
      up: step(migration, migration.up),
      down: step(migration, migration.down),
    })),
    storage: new SequelizeStorage({ sequelize, tableName: 'schema_migration' }),
    logger: log
      ? { info: (m) => log(`migration ${String(m['event'])} ${String(m['name'])}`), ...quiet }
      : undefined,
  });
}

const quiet = { warn: () => undefined, error: () => undefined, debug: () => undefined };

async function withUmzug<T>(
  { databaseUrl, log }: MigrateOptions,
  work: (umzug: ReturnType<typeof createUmzug>) => Promise<T>,
): Promise<T> {
  const lock = await createConnection({ uri: databaseUrl });
  const sequelize = new Sequelize(databaseUrl, { dialect: 'mysql', logging: false });
  try {
    const name = `migrate:${new URL(databaseUrl).pathname.slice(1)}`.slice(0, 64);
    const [rows] = await lock.query('SELECT GET_LOCK(?, ?) AS got', [name, lockWaitSeconds]);
    const [row] = rows as { got: number | null }[];
    if (row?.got !== 1) throw new Error('another process has been migrating for too long');
    return await work(createUmzug(sequelize, log));
  } finally {
    // The lock belongs to the connection and ends with it.
    await lock.end();
    await sequelize.close();
  }
}
