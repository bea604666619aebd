import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../shared/logger.ts';
import { Problem } from '../../shared/problems.ts';
import { isConflict, toUnavailable } from './db-errors.ts';
import type { RawConnection, RawPool } from './raw-pool.ts';
import { createStatements, type Statements } from './statements.ts';

/** Statements inside one open transaction, on one connection. */
export interface Tx extends Statements {
  readonly inTransaction: true;
}

export interface TransactOptions {
  /** The client's: checked before the transaction begins, never after. */
  signal?: AbortSignal | undefined;
  /** For work in bulk; the database's statement timeout unless said. */
  timeoutMs?: number;
}

/**
 * Runs `work` in one transaction on one connection, at READ COMMITTED, and commits. The whole of
 * it runs again after a deadlock or lock timeout, so `work` must have no effect but its SQL.
 * @throws what `work` throws, rolled back; Problem `unavailable` when the store is away, the
 *   conflicts go on, or the answer to COMMIT was lost (the outcome is unknown then).
 */
export type Transact = <T>(work: (tx: Tx) => Promise<T>, options?: TransactOptions) => Promise<T>;

const maxTries = 5;
/** After this long no further try begins: the caller is gone, and a lock must outlive its holder. */
const triesWithinMs = 2_500;
/** 10, 20, 40, 80 ms, each times 0.5 to 1.5, so that two rivals do not meet again. */
const backoffMs = (tries: number): number => 10 * 2 ** (tries - 1) * (0.5 + Math.random());

export function createTransactor(pool: RawPool, logger: Logger): Transact {
  return async (work, { signal, timeoutMs } = {}) => {
    const startedAt = performance.now();
    for (let tries = 1; ; tries += 1) {
      try {
        return await pool.use((connection) => attempt(connection, work, signal), timeoutMs);
      } catch (error) {
        if (!isConflict(error)) throw toUnavailable(error);
        if (tries === maxTries || performance.now() - startedAt > triesWithinMs) {
          logger.warn({ err: error, tries }, 'transaction given up after conflicts');
          throw new Problem('unavailable', { cause: error });
        }
        await delay(backoffMs(tries));
      }
    }
  };
}

async function attempt<T>(
  connection: RawConnection,
  work: (tx: Tx) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  // After the wait for a connection, in which most clients leave.
  if (signal?.aborted) throw new Problem('unavailable', { cause: signal.reason });
  await connection.query('START TRANSACTION');
  const statements = createStatements((sql, params) => connection.execute(sql, params));
  try {
    const result = await work({ ...statements, inTransaction: true });
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    // errno 1205 undoes only its statement, and a failed COMMIT of Galera may leave the
    // transaction open: roll back in every case before the connection is used again.
    // Where that fails the connection is dead, and the pool does not lend it again.
    await connection.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
