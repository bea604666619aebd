import cluster from 'node:cluster';
import { type Logger, pino } from 'pino';
import { logError } from './log-error.ts';

export type { Logger };

/** Names whose values never reach the log, at the top of a record or one level down. */
const secretNames = [
  'password',
  'passwordHash',
  'token',
  'accessToken',
  'authorization',
  'cookie',
  'x-queue-token',
  'x-internal-assertion',
];

/** Which of several workers speaks; nothing where there is only one process. */
const worker = cluster.worker ? { worker: cluster.worker.id } : {};

/** JSON lines on standard output. A log line is one line: pino escapes CR and LF in values. */
export function createLogger(options: { service: string; level: string }): Logger {
  return pino({
    level: options.level,
    base: { service: options.service, pid: process.pid, ...worker },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => logError(error) },
    redact: {
      paths: secretNames.flatMap((name) => [`["${name}"]`, `*["${name}"]`]),
      censor: '[secret]',
    },
  });
}
