import { randomUUID } from 'node:crypto';

export const requestIdHeader = 'x-request-id';

const acceptable = /^[A-Za-z0-9_-]{1,64}$/;

/** The caller's id for this request when it is one that can stand in a log, else a new one. */
export function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && acceptable.test(given) ? given : randomUUID();
}
