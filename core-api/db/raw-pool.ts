import type { Sequelize } from 'sequelize';
import type { SqlValue } from './statements.ts';

/** The part of a mysql2 connection that is used raw; Sequelize types it as `unknown`. */
interface Mysql2Connection {
  execute(statement: Statement, values: readonly SqlValue[], done: Done): void;
  query(sql: string, done: Done): void;
  /** Closes the socket without a word; the server rolls back. */
  destroy(): void;
}
type Done = (error: Error | null, result: unknown) => void;

interface Statement {
  sql: string;
  rowsAsArray: boolean;
}

interface SequelizePool {
  getConnection(options: { type: 'write' }): Promise<Mysql2Connection>;
  pool: {
    release(connection: Mysql2Connection): void;
    destroy(connection: Mysql2Connection): Promise<void>;
    using: number;
  };
}

/** A connection as promises. */
export interface RawConnection {
  /** Binary protocol; the statement is prepared once per connection. */
  execute(sql: string, params: readonly SqlValue[]): Promise<unknown>;
  /** The same, rows as arrays: for thousands of them. */
  executeArrays(sql: string, params: readonly SqlValue[]): Promise<unknown>;
  /** Text protocol, for what cannot be prepared. */
  query(sql: string): Promise<unknown>;
}

export interface RawPool {
  /**
   * Lends a connection for the time of `work`. After the timeout the connection is
   * destroyed, which rolls back whatever it was doing, and `work` is given up.
   */
  use<T>(work: (connection: RawConnection) => Promise<T>, timeoutMs?: number): Promise<T>;
  stats(): { waitMs: number; inUse: number };
}

export class StatementTimeout extends Error {
  constructor(timeoutMs: number) {
    super(`the database did not answer within ${timeoutMs} ms`);
    this.name = 'StatementTimeout';
  }
}

export function rawConnection(connection: unknown): RawConnection {
  const mysql = connection as Mysql2Connection;
  const promise = (call: (done: Done) => void) =>
    new Promise<unknown>((resolve, reject) => {
      call((error, result) => (error ? reject(error) : resolve(result)));
    });
  return {
    execute: (sql, params) =>
      promise((done) => mysql.execute({ sql, rowsAsArray: false }, params, done)),
    executeArrays: (sql, params) =>
      promise((done) => mysql.execute({ sql, rowsAsArray: true }, params, done)),
    query: (sql) => promise((done) => mysql.query(sql, done)),
  };
}

/** Errors after which a connection is not worth keeping. */
const isFatal = (error: unknown): boolean =>
  error instanceof StatementTimeout ||
  (error instanceof Error && 'fatal' in error && !!error.fatal);

export function rawPool(sequelize: Sequelize, options: { statementTimeoutMs: number }): RawPool {
  const { statementTimeoutMs } = options;
  const manager = (sequelize as unknown as { connectionManager: SequelizePool }).connectionManager;
  let waitedMs = 0;
  let waits = 0;

  /**
   * The socket first: Sequelize would say good-bye in order, behind the statement that hangs, and
   * the pool gives the place to the next one only when that is done.
   */
  function discard(connection: Mysql2Connection): void {
    connection.destroy();
    void manager.pool.destroy(connection).catch(() => undefined);
  }

  async function use<T>(
    work: (connection: RawConnection) => Promise<T>,
    timeoutMs = statementTimeoutMs,
  ): Promise<T> {
    const askedAt = performance.now();
    const connection = await manager.getConnection({ type: 'write' });
    waitedMs += performance.now() - askedAt;
    waits += 1;

    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new StatementTimeout(timeoutMs)), timeoutMs);
    });
    try {
      const result = await Promise.race([work(rawConnection(connection)), timeout]);
      manager.pool.release(connection);
      return result;
    } catch (error) {
      if (isFatal(error)) discard(connection);
      else manager.pool.release(connection);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    use,
    stats: () => {
      const stats = { waitMs: waits === 0 ? 0 : waitedMs / waits, inUse: manager.pool.using };
      waitedMs = 0;
      waits = 0;
      return stats;
    },
  };
}
