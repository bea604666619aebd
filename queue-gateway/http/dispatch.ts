import type { IncomingMessage } from 'node:http';
import { type IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { EdgeApp, EdgeBindings } from './edge-env.ts';
import { requirePlain } from './plain-header.ts';

/** A call of the API that a page makes for who looks at it. */
export interface InnerCall {
  method: string;
  /** Path and query, made of validated parts. */
  target: string;
  headers: Record<string, string>;
  /** JSON, or text whose `content-type` stands in the headers. */
  body?: unknown;
}

export interface InnerAnswer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/**
 * Sends a call through the very app that answers callers from outside: the same routes, guards,
 * limits and forward path, in the name of the same address and request id. A page has no other way
 * to anything, so it can do nothing that its visitor could not.
 * @throws Problem `invalid-request` for a header that is not plain ASCII.
 */
export type Dispatch = (from: EdgeBindings, call: InnerCall) => Promise<InnerAnswer>;

/** What the forward path writes to, kept in memory. */
class KeptResponse extends ServerResponse {
  readonly pieces: Buffer[] = [];
  readonly written: Promise<void>;
  #done: () => void = () => undefined;

  constructor(incoming: IncomingMessage) {
    super(incoming);
    this.written = new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  override writeHead(status: number, ...rest: unknown[]): this {
    this.statusCode = status;
    const headers = rest.find((one) => typeof one === 'object') as object | undefined;
    for (const [name, value] of Object.entries(headers ?? {})) this.setHeader(name, String(value));
    return this;
  }

  override write(chunk: Uint8Array | string): boolean {
    this.pieces.push(Buffer.from(chunk as string));
    return true;
  }

  override end(chunk?: unknown, encoding?: unknown): this {
    if (typeof chunk === 'string')
      this.write(Buffer.from(chunk, encoding === 'latin1' ? encoding : 'utf8'));
    else if (chunk instanceof Uint8Array) this.write(chunk);
    this.#done();
    return this;
  }

  override destroy(): this {
    this.#done();
    return this;
  }
}

function toIncoming(from: EdgeBindings, call: InnerCall, body: string | undefined) {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const headers: IncomingHttpHeaders = {
    host: from.incoming.headers.host,
    ...type,
    ...call.headers,
  };
  // Only what our own code reads of a request; the stream is the body.
  return Object.assign(Readable.from(body === undefined ? [] : [Buffer.from(body)]), {
    method: call.method,
    url: call.target,
    complete: true,
    headers,
    rawHeaders: Object.entries(headers).flatMap(([name, value]) => [name, String(value)]),
    socket: from.incoming.socket,
  }) as unknown as IncomingMessage;
}

function textOf({ headers, body }: InnerCall): string | undefined {
  if (body === undefined) return undefined;
  return typeof body === 'string' && 'content-type' in headers ? body : JSON.stringify(body);
}

export function createDispatch(app: EdgeApp): Dispatch {
  return async function dispatch(from, call) {
    // A form may hold any text, also for a header.
    for (const [name, value] of Object.entries(call.headers)) requirePlain(name, value);
    const body = textOf(call);
    const incoming = toIncoming(from, call, body);
    const outgoing = new KeptResponse(incoming);
    const request = new Request(`http://localhost${call.target}`, {
      method: call.method,
      headers: call.headers,
    });
    const response = await app.fetch(request, { ...from, incoming, outgoing, isHead: false });
    if (response !== RESPONSE_ALREADY_SENT) {
      const bytes = Buffer.from(await response.arrayBuffer());
      return { status: response.status, headers: response.headers, body: bytes };
    }
    await outgoing.written;
    const headers = new Headers();
    for (const [name, value] of Object.entries(outgoing.getHeaders()))
      headers.set(name, String(value));
    return { status: outgoing.statusCode, headers, body: Buffer.concat(outgoing.pieces) };
  };
}
