import type { Operation } from './operations.ts';

export interface FuzzAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Empty for a stream, which is not waited for. */
  text: string;
}

const mediaTypeOf = ({ headers }: FuzzAnswer): string =>
  String(headers['content-type'] ?? '').split(';', 1)[0] ?? '';

const isJson = (mediaType: string): boolean => /json$/.test(mediaType);

function parse(text: string, mediaType: string): unknown {
  try {
    return isJson(mediaType) ? (JSON.parse(text) as unknown) : text;
  } catch {
    return undefined;
  }
}

/** What the answer says that the document does not, in words; none when it is right. */
export function faultOf(
  operation: Operation,
  answer: FuzzAnswer,
  isInvalid: boolean,
): string | undefined {
  const { status, headers, text } = answer;
  const documented = operation.answers.get(status);
  if (status >= 500 && status !== 503) return `answers ${status}`;
  if (!documented) return `answers ${status}, which is not documented`;
  if (isInvalid && status < 400) return `takes what its contract does not: ${status}`;
  if (headers['x-request-id'] === undefined) return 'has no request id';
  if ((status === 503 || status === 429) && !/^\d+$/.test(String(headers['retry-after'])))
    return `answers ${status} without Retry-After`;
  if (documented.content.size === 0)
    return text === '' ? undefined : `answers ${status} with a body`;
  const mediaType = mediaTypeOf(answer);
  const check = documented.content.get(mediaType);
  if (!check) return `answers ${status} as ${mediaType || 'nothing'}`;
  if (mediaType === 'text/event-stream') return undefined;
  if (check(parse(text, mediaType))) return undefined;
  const [error] = check.errors ?? [];
  return `answers ${status} off its schema: ${error?.instancePath} ${error?.message}`;
}
