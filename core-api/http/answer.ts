import type { ServerResponse } from 'node:http';

const answerKind = Symbol('answer');

/** A reply with more to say than its body. Made by `answer()`. */
export interface Answer<Body> {
  readonly kind: typeof answerKind;
  /** The endpoint's status unless said; 304 for a body the client has. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** JSON that is text already: a stored answer to replay, or a body too long to build twice. */
  readonly rawBody?: string | Buffer;
}

/** `return answer({ headers: { etag }, body })` where a handler has more to say than a body. */
export const answer = <Body>(parts: Omit<Answer<Body>, 'kind'>): Answer<Body> => ({
  ...parts,
  kind: answerKind,
});

export function isAnswer(value: unknown): value is Answer<unknown> {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === answerKind
  );
}

/**
 * Writes the whole answer at once. Goes past Express' `res.json`, which would look for ETag,
 * charset and settings each time.
 */
export function writeAnswer(
  response: ServerResponse,
  status: number,
  { headers, body, rawBody }: Omit<Answer<unknown>, 'kind'>,
): void {
  const text = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
  if (text === undefined || status === 304) {
    response.writeHead(status, headers).end();
    return;
  }
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...headers,
    })
    .end(text);
}
