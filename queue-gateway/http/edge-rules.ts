/**
 * What is refused before anything is routed, from the bytes of the request line and the headers
 * as they came. A reader behind us that decodes once more, joins slashes or walks dot segments
 * must find nothing to do: what could be read in two ways is not a request of ours.
 */

export interface RequestHead {
  /** The request target as received. */
  url?: string | undefined;
  /** Names and values in turn, as received. */
  rawHeaders: readonly string[];
}

const maxTargetLength = 2_048;

/** RFC 3986 pchar and "/", less ";" which some readers take for the start of parameters. */
const plainPath = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-Fa-f]{2})*$/;
const plainQuery = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*$/;
/** After one decode nothing may stand there that means something to a path reader. */
const meaningful = /[/\\;%?#\p{Cc}]/u;

/** Headers that say one thing; given twice they say two. */
const singular = new Set([
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
]);

const plainHost = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;

function segmentFault(segment: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(segment);
  } catch {
    return 'path is not UTF-8';
  }
  if (decoded === '.' || decoded === '..') return 'path has a dot segment';
  return meaningful.test(decoded) ? 'path hides a separator or a control character' : undefined;
}

function targetFault(url: string): string | undefined {
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

function headerFault(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    if (!singular.has(name)) continue;
    if (seen.has(name)) return `${name} is given twice`;
    seen.add(name);
    const value = rawHeaders[at + 1] ?? '';
    if (name === 'host' && !plainHost.test(value)) return 'host is not a host';
    if (name === 'content-encoding' && value.toLowerCase() !== 'identity')
      return 'content-encoding is not taken';
  }
  // RFC 9112 §3.2. Node would refuse it too, but without a word.
  return seen.has('host') ? undefined : 'host is missing';
}

/** Why this request is not looked at any further, in fixed words; `undefined` when it is fine. */
export function edgeFault(head: RequestHead): string | undefined {
  const url = head.url ?? '';
  if (!url.startsWith('/')) return 'request target must be a path';
  return targetFault(url) ?? headerFault(head.rawHeaders);
}
