import { createHash } from 'node:crypto';
import { type Answer, answer } from './answer.ts';

/** A body that is the same for everybody who asks, written once, with its name. */
export interface Document {
  body: Buffer;
  /** Strong: the same tag means the same bytes (RFC 9110 §8.8.1). */
  etag: string;
}

export const digestOf = (text: string | Buffer): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 16);

export function toDocument(json: string): Document {
  const body = Buffer.from(json);
  return { body, etag: `"${digestOf(body)}"` };
}

/** Whether an `If-None-Match` names the tag: compared weakly, as RFC 9110 §13.1.2 has it. */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === etag || tag === '*');
}

/** The document, or 304 for who has it. Asked for again each time unless said otherwise. */
export function documentAnswer(
  { body, etag }: Document,
  ifNoneMatch: string | undefined,
  cacheControl = 'no-cache',
): Answer<never> {
  const headers = { etag, 'cache-control': cacheControl };
  return matches(ifNoneMatch, etag)
    ? answer<never>({ status: 304, headers })
    : answer<never>({ headers, rawBody: body });
}
