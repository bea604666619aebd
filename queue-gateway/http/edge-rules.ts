/**
 * What is refused before anything is routed, from the bytes of the request line and the headers
 * as they came. A reader behind us that decodes once more, joins slashes or walks dot segments
 * must find nothing to do: what could be read in two ways is not a request of ours.
 */

const maxTargetLength = 2_048;

/** RFC 3986 pchar and "/", less ";" which some readers take for the start of parameters. */
const plainPath = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-Fa-f]{2})*$/;
const plainQuery = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*$/;
/** After one decode nothing may stand there that means something to a path reader. */
const meaningful = /[/\\;%?#\p{Cc}]/u;
/**
 * RFC 3986 §2.3: what never needs an escape. `/%61uth` is `/auth` to whoever decodes before it
 * compares, and another path to whoever does not; a path has one writing here.
 */
const needlessEscape = /%(?:2[de]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f|7e)/i;

/** Headers that say one thing; given twice they say two. Each has a bit, so that a look is cheap. */
const singular = new Map(
  [
    'authorization',
    'content-encoding',
    'content-length',
    'content-type',
    'host',
    'idempotency-key',
    'transfer-encoding',
    'x-internal-assertion',
    'x-queue-token',
    'x-request-id',
  ].map((name, at) => [name, 1 << at] as const),
);
const hostBit = singular.get('host') ?? 0;
const encodingBit = singular.get('content-encoding') ?? 0;
const framingBit = singular.get('transfer-encoding') ?? 0;
const lengthBit = singular.get('content-length') ?? 0;

/** Node leaves out what comes behind the 2,000th without a word, and who is before us may not. */
const maxHeaders = 100;

const plainHost = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;

function segmentFault(segment: string): string | undefined {
  if (needlessEscape.test(segment)) return 'path has an escape that needs none';
  let decoded: string;
  try {
    decoded = decodeURIComponent(segment);
  } catch {
    return 'path is not UTF-8';
  }
  if (decoded === '.' || decoded === '..') return 'path has a dot segment';
  return meaningful.test(decoded) ? 'path hides a separator or a control character' : undefined;
}

/** Why no path or query of ours looks like this, in fixed words. */
export function targetFault(url: string): string | undefined {
  if (!url.startsWith('/')) return 'request target must be a path';
  if (url.length > maxTargetLength) return 'request target is too long';
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  if (!plainPath.test(path)) return 'path has a character that does not belong there';
  if (path.includes('//')) return 'path has an empty segment';
  if (mark !== -1 && !plainQuery.test(url.slice(mark + 1)))
    return 'query has a character that does not belong there';
  if (!path.includes('%') && !path.includes('/.')) return undefined;
  for (const segment of path.slice(1).split('/')) {
    const fault = segmentFault(segment);
    if (fault) return fault;
  }
  return undefined;
}

/** RFC 9112 §6.1: with another coding, or before HTTP/1.1, nobody can be sure where a body ends. */
const isPlainFraming = (value: string, httpVersion: string): boolean =>
  value.toLowerCase() === 'chunked' && httpVersion !== '1.0';

/** Why these headers can be read in two ways, in fixed words. */
export function headerFault(
  rawHeaders: readonly string[],
  httpVersion: string,
): string | undefined {
  if (rawHeaders.length > 2 * maxHeaders) return 'there are too many headers';
  let seen = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const given = (rawHeaders[at] ?? '').toLowerCase();
    // RFC 9113 §8.3.1: the host of HTTP/2.
    const name = given === ':authority' ? 'host' : given;
    const bit = singular.get(name);
    if (bit === undefined) continue;
    if (seen & bit) return `${name} is given twice`;
    seen |= bit;
    const value = rawHeaders[at + 1] ?? '';
    if (bit === hostBit && !plainHost.test(value)) return 'host is not a host';
    if (bit === encodingBit && value.toLowerCase() !== 'identity')
      return 'content-encoding is not taken';
    if (bit === framingBit && !isPlainFraming(value, httpVersion))
      return 'transfer-encoding is not taken';
  }
  if (seen & framingBit && seen & lengthBit) return 'the length is given twice';
  // RFC 9112 §3.2. Node would refuse it too, but without a word.
  return seen & hostBit ? undefined : 'host is missing';
}
