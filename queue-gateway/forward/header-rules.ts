import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from '../../shared/problems.ts';
import { requirePlain } from '../http/plain-header.ts';

/**
 * What passes between the outside and the core, by name. Everything else stays here: above all
 * what speaks of identity (`x-internal-*`, `x-user-*`, `forwarded`, `x-forwarded-*`), what speaks
 * of the connection (RFC 9110 §7.6.1) and whatever `Connection` names.
 */
const requestHeaders = [
  'accept',
  'accept-language',
  'content-type',
  'idempotency-key',
  'if-none-match',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
] as const;

const responseHeaders = [
  'allow',
  'cache-control',
  'content-length',
  'content-type',
  'etag',
  'idempotency-replayed',
  'last-modified',
  'location',
  'ratelimit-limit',
  'ratelimit-policy',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
] as const;

/** All of them together stay below what the core takes, with our own. */
const maxValueLength = 1_024;

/** What nearly every `Connection` says: it names no header. */
const usualConnection = /^(?:keep-alive|close)$/i;

const none: readonly string[] = [];

/**
 * RFC 9110 §7.6.1: headers that are for this connection alone, because `Connection` names them. They
 * are left behind, also those that would be passed on.
 */
function namedByConnection({ connection }: IncomingHttpHeaders): readonly string[] {
  if (connection === undefined || usualConnection.test(connection)) return none;
  return connection.toLowerCase().split(/[ \t]*,[ \t]*/);
}

/** Whether the core can know a repeated call by its key. */
export const hasKey = (incoming: IncomingHttpHeaders): boolean =>
  'idempotency-key' in incoming && !namedByConnection(incoming).includes('idempotency-key');

/**
 * The headers to send to the core, names and values in turn. `content-type` only goes with a body.
 * @throws Problem `invalid-request` for a value that is not plain ASCII, or too long.
 */
export function toCoreHeaders(incoming: IncomingHttpHeaders, withBody: boolean): string[] {
  const headers: string[] = [];
  const named = namedByConnection(incoming);
  for (const name of requestHeaders) {
    const value = incoming[name];
    if (typeof value !== 'string' || (name === 'content-type' && !withBody)) continue;
    if (named.includes(name)) continue;
    requirePlain(name, value);
    if (value.length > maxValueLength)
      throw new Problem('invalid-request', {
        errors: [{ path: `header.${name}`, message: `must not be longer than ${maxValueLength}` }],
      });
    headers.push(name, value);
  }
  return headers;
}

/** The headers to answer with. A personal answer is not kept unless the core says otherwise. */
export function toCallerHeaders(
  upstream: IncomingHttpHeaders,
  isPersonal: boolean,
): Record<string, string> {
  const headers: Record<string, string> = isPersonal ? { 'cache-control': 'no-store' } : {};
  for (const name of responseHeaders) {
    const value = upstream[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return headers;
}
