import type { IncomingMessage } from 'node:http';
import type { Endpoint } from '../../shared/contracts/endpoint.ts';
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
    // Every request closes; a Problem is made only for one that had not ended.
    request.on('close', () => request.complete || reject(bodyProblem('was cut short')));
  });
}

const charset = '[ \\t]*(;[ \\t]*charset=(utf-8|"utf-8")[ \\t]*)?';
const jsonType = new RegExp(`^application/json${charset}$`, 'i');
const csvType = new RegExp(`^text/csv${charset}$`, 'i');
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The body by the endpoint's type: parsed JSON, or the text of a CSV file; undefined when empty.
 * @throws Problem `invalid-request` for another content type, bytes that are not UTF-8, no JSON.
 */
export function parseBody(endpoint: Endpoint, bytes: Buffer, contentType = ''): unknown {
  if (bytes.length === 0) return undefined;
  const isCsv = endpoint.bodyType === 'text/csv';
  if (!(isCsv ? csvType : jsonType).test(contentType)) {
    throw bodyProblem(`must be ${isCsv ? 'text/csv' : 'application/json'}`);
  }
  try {
    const text = utf8.decode(bytes);
    return isCsv ? text : JSON.parse(text);
  } catch (error) {
    throw bodyProblem(isCsv ? 'must be UTF-8' : 'must be JSON', error);
  }
}
