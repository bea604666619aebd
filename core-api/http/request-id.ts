import { randomUUID } from 'node:crypto';

export const requestIdHeader = 'x-request-id';

/** Safe in a log line and in a header, long enough for a UUID or a trace id. */
const pattern = /^[A-Za-z0-9._-]{1,64}$/;

/** The id the gateway gave, or a new one when there is none or it is not one. */
export const requestIdOf = (given: string | string[] | undefined): string =>
  typeof given === 'string' && pattern.test(given) ? given : randomUUID();
