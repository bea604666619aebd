import { type Logger, pino } from 'pino';

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

/** JSON lines on standard output. A log line is one line: pino escapes CR and LF in values. */
export function createLogger(options: { service: string; level: string }): Logger {
  return pino({
    level: options.level,
    base: { service: options.service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: secretNames.flatMap((name) => [`["${name}"]`, `*["${name}"]`]),
      censor: '[secret]',
    },
  });
}
