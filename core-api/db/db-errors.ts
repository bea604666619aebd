import { Problem } from '../../shared/problems.ts';
import { StatementTimeout } from './raw-pool.ts';

/**
 * Numbers, never names: mysql2 calls MariaDB's 4025 (a CHECK that failed) by MySQL's name for
 * another error.
 */
export const errno = {
  duplicateEntry: 1062,
  noSuchTable: 1146,
  lockWaitTimeout: 1205,
  deadlock: 1213,
  /** MariaDB: the row changed since the snapshot was taken. */
  recordChanged: 1020,
  /** MySQL group replication: another member was first; told at COMMIT, rolled back. */
  rolledBackAtCommit: 3101,
  noReferencedRow: 1452,
  checkViolatedMysql: 3819,
  checkViolatedMariadb: 4025,
  nowaitMysql: 3572,
} as const;

const conflicts = new Set<number>([
  errno.deadlock,
  errno.lockWaitTimeout,
  errno.recordChanged,
  errno.rolledBackAtCommit,
]);

/** The server's or the socket's errors that mean "the store is away", not "the statement is wrong". */
const awayErrnos = new Set<number>([
  1021, // disk full
  1026, // error writing a file
  1030, // error of the storage engine: the disk, mostly
  1040, // too many connections
  1047, // Galera: not ready
  1053, // shutdown in progress
  1077, // normal shutdown
  1114, // the table is full: InnoDB's word for a full disk
  1129, // host blocked
  1152, // aborted connection
  1158, // network read error
  1159, // network read timeout
  1160, // network write error
  1161, // network write timeout
  1203, // too many user connections
  1290, // read only
  1317, // interrupted
  1836, // read only mode
  1878, // temporary file not written
  1927, // MariaDB: connection was killed
]);
const awayCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'PROTOCOL_CONNECTION_LOST',
]);

/** The driver's error, also from inside Sequelize's wrappers. */
function driverError(error: unknown): { errno?: number; code?: string; fatal?: boolean } {
  if (typeof error !== 'object' || error === null) return {};
  if ('parent' in error && typeof error.parent === 'object' && error.parent) return error.parent;
  return error;
}

export const errnoOf = (error: unknown): number | undefined => driverError(error).errno;

export const isDuplicate = (error: unknown): boolean => errnoOf(error) === errno.duplicateEntry;

/** The transaction lost against another one; run again from the start it can win. */
export const isConflict = (error: unknown): boolean => conflicts.has(errnoOf(error) ?? 0);

/** A column or key is there already, or gone already. */
const doneErrnos = new Set<number>([1060, 1061, 1091]);
export const isDoneAlready = (error: unknown): boolean => doneErrnos.has(errnoOf(error) ?? 0);

/** The account lacks the right: for the table, for the schema, or for triggers on this server. */
const refusedErrnos = new Set<number>([1044, 1142, 1227, 1419]);
export const isRefused = (error: unknown): boolean => refusedErrnos.has(errnoOf(error) ?? 0);

export const isCheckViolation = (error: unknown): boolean =>
  errnoOf(error) === errno.checkViolatedMariadb || errnoOf(error) === errno.checkViolatedMysql;

/** NOWAIT met a locked row. MariaDB says 1205, MySQL 3572. */
export const isLockedRow = (error: unknown): boolean =>
  errnoOf(error) === errno.lockWaitTimeout || errnoOf(error) === errno.nowaitMysql;

function isAway(error: unknown): boolean {
  if (error instanceof StatementTimeout) return true;
  if (error instanceof Error && error.name.startsWith('SequelizeConnection')) return true;
  const { errno: number, code, fatal } = driverError(error);
  return awayErrnos.has(number ?? 0) || awayCodes.has(code ?? '') || fatal === true;
}

/** A store that is away becomes Problem `unavailable`; everything else stays what it is. */
export const toUnavailable = (error: unknown): unknown =>
  isAway(error) ? new Problem('unavailable', { cause: error, retryAfterSeconds: 2 }) : error;
