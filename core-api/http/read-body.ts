import type { IncomingMessage } from 'node:http';
import { Problem } from '../../shared/problems.ts';

const bodyProblem = (message: string, cause?: unknown): Problem =>
  new Problem('invalid-request', { errors: [{ path: 'body', message }], cause });

const nothing = Buffer.alloc(0);

/**
 * The body's bytes. Refuses before reading what says that it is too long.
 * @throws Problem `invalid-request` over the limit, with a content encoding, or when cut short.
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const { headers } = request;
  const lengthBytes = headers['content-length'];
  if (lengthBytes === undefined && headers['transfer-encoding'] === undefined) return nothing;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw bodyProblem('must not be encoded');
  }
  if (Number(lengthBytes ?? 0) > limitBytes) throw tooLong(limitBytes);
  return collect(request, limitBytes);
}

const tooLong = (limitBytes: number): Problem => bodyProblem(`must be at most ${limitBytes} bytes`);

/** By events: leaving a `for await` early would reset the connection instead of answering. */
function collect(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limitBytes) chunks.push(chunk);
      else reject(tooLong(limitBytes));
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', (error) => reject(bodyProblem('was cut short', error)));
    request.on('close', () => reject(bodyProblem('was cut short')));
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const jsonType = /^application\/json[ \t]*(;[ \t]*charset=(utf-8|"utf-8")[ \t]*)?$/i;

/**
 * The body as JSON; undefined when it is empty.
 * @throws Problem `invalid-request` for another content type, bytes that are not UTF-8, no JSON.
 */
export function parseJson(bytes: Buffer, contentType: string | undefined): unknown {
  if (bytes.length === 0) return undefined;
  if (!jsonType.test(contentType ?? '')) throw bodyProblem('must be application/json');
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (error) {
    throw bodyProblem('must be JSON', error);
  }
}
