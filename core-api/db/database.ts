import { Sequelize } from 'sequelize';
import type { Logger } from '../../shared/logger.ts';
import { toUnavailable } from './db-errors.ts';
import { createPlain, type Plain } from './models.ts';
import { type RawConnection, rawConnection, type RawPool, rawPool } from './raw-pool.ts';
import { createStatements, type SqlValue, type Statements } from './statements.ts';
import { createTransactor, type Transact } from './transaction.ts';

export interface DatabaseOptions {
  /** `mysql://user:password@host:port/schema` */
  databaseUrl: string;
  /** Connections of this process. */
  poolMax: number;
  /** How long a request may wait for a connection. */
  acquireTimeoutMs: number;
  /** How long one statement, or one whole transaction, may take. */
  statementTimeoutMs: number;
  logger: Logger;
}

/**
 * The one door to MySQL. Sequelize owns the pool, the models and the migrations; hot statements
 * go prepared and raw over connections of that same pool (`rows`, `run`, `transaction`).
 */
export interface Database extends Statements {
  readonly sequelize: Sequelize;
  readonly plain: Plain;
  /** A statement that reads thousands of rows: each row an array, in the order of its columns. */
  arrays<Row extends unknown[]>(sql: string, params?: readonly SqlValue[]): Promise<Row[]>;
  readonly transaction: Transact;
  /** Mean wait for a connection since the last call, in ms, and connections in use. */
  poolStats(): { waitMs: number; inUse: number };
  close(): Promise<void>;
}

/**
 * Every connection runs at READ COMMITTED in UTC: each decision stands in the WHERE of an UPDATE,
 * which reads the newest committed row whatever the isolation, and gap locks would only add
 * deadlocks. A row lock that takes longer than 2 s to get is given up (errno 1205).
 */
const sessionSetup = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  // A seat map is one GROUP_CONCAT with a character for each of up to 200,000 seats.
  'SET SESSION group_concat_max_len = 1048576',
  "SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = 2, sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO'",
];

export function createDatabase(options: DatabaseOptions): Database {
  const sequelize = new Sequelize(options.databaseUrl, {
    dialect: 'mysql',
    logging: false,
    timezone: '+00:00',
    pool: { max: options.poolMax, min: 0, idle: 60_000, acquire: options.acquireTimeoutMs },
    // `typeCast: true` is the driver's own reading of values. Sequelize's would be called for each
    // value through three closures: 30 times the CPU for a prepared statement of 20,000 rows.
    dialectOptions: { connectTimeout: 2_000, charset: 'utf8mb4', typeCast: true },
    define: { timestamps: true, underscored: true, freezeTableName: true },
    hooks: {
      afterConnect: async (connection) => {
        for (const sql of sessionSetup) await rawConnection(connection).query(sql);
      },
    },
  });
  const pool = rawPool(sequelize, options);
  return {
    sequelize,
    plain: createPlain(sequelize),
    ...createStatements((sql, params) => withConnection(pool, (c) => c.execute(sql, params))),
    arrays: async <Row extends unknown[]>(sql: string, params: readonly SqlValue[] = []) =>
      (await withConnection(pool, (c) => c.executeArrays(sql, params))) as Row[],
    transaction: createTransactor(pool, options.logger),
    poolStats: () => pool.stats(),
    close: () => sequelize.close(),
  };
}

async function withConnection<T>(
  pool: RawPool,
  work: (connection: RawConnection) => Promise<T>,
): Promise<T> {
  try {
    return await pool.use(work);
  } catch (error) {
    throw toUnavailable(error);
  }
}
