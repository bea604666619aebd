import { Problem } from '../problems.ts';

/** Error replies that speak of the server's state, not of our command. */
const stateCodes = new Set([
  'ASK',
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'MOVED',
  'NOREPLICAS',
  'OOM',
  'READONLY',
  'TRYAGAIN',
]);

const isCommandFault = (error: unknown): boolean =>
  error instanceof Error &&
  error.name === 'ReplyError' &&
  !stateCodes.has(error.message.split(' ', 1)[0] ?? '');

/**
 * What a store call failed with, as what the caller is told: `unavailable` for everything that
 * passes by itself (no connection, no answer in time, a failover), and the error as it is for a
 * fault of ours.
 */
export function toStoreProblem(error: unknown): unknown {
  if (error instanceof Problem || isCommandFault(error)) return error;
  return new Problem('unavailable', { retryAfterSeconds: 2, cause: error });
}

/** Runs a store call. @throws Problem `unavailable` when Redis cannot serve it now. */
export async function callStore<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toStoreProblem(error);
  }
}
