import type { Logger } from '../../shared/logger.ts';
import { errnoOf } from './db-errors.ts';
import type { Statements } from './statements.ts';

/** What a server must be set to so that an answer 2xx outlives a power cut. */
const settingsSql = `SELECT @@GLOBAL.innodb_flush_log_at_trx_commit AS innodb_flush_log_at_trx_commit,
  @@GLOBAL.sync_binlog AS sync_binlog, @@GLOBAL.log_bin AS log_bin`;

interface Settings {
  innodb_flush_log_at_trx_commit: number;
  sync_binlog: number;
  log_bin: number;
}

/**
 * What is weaker than an answer promises, in words; nothing where all is well. `sync_binlog` counts
 * only with a binary log: there it decides what a crashed primary's replicas know.
 */
export async function weakSettings({ rows }: Pick<Statements, 'rows'>): Promise<string[]> {
  const [found] = await rows<Settings>(settingsSql);
  if (!found) return [];
  const { innodb_flush_log_at_trx_commit: flush, sync_binlog: sync, log_bin: log } = found;
  return [
    ...(flush === 1 ? [] : [`innodb_flush_log_at_trx_commit is ${flush}, not 1`]),
    ...(log === 0 || sync === 1 ? [] : [`sync_binlog is ${sync}, not 1`]),
  ];
}

/** Warns at the start. A database that is away is asked nothing: the start waits for nobody. */
export async function warnOfWeakSettings(
  database: Pick<Statements, 'rows'>,
  logger: Logger,
): Promise<void> {
  try {
    const weak = await weakSettings(database);
    if (weak.length > 0) logger.warn({ weak }, 'a crash of the database can lose answered sales');
  } catch (error) {
    logger.debug({ errno: errnoOf(error) }, 'the durability of the database is not known');
  }
}
