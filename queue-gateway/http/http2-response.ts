import {
  constants,
  type Http2ServerRequest,
  Http2ServerResponse,
  type ServerHttp2Stream,
} from 'node:http2';
import { isHeaders, type WithRequestId } from './edge-response.ts';
import { requestIdHeader, requestIdOf } from './request-id.ts';

/** RFC 9113 §8.2.2: HTTP/2 has frames for what these say. */
const ofConnection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** Bytes a millisecond that everybody must be able to take of an answer that is whole. */
const slowestReader = 4;

/**
 * Nobody waits for ever until a caller takes the rest of an answer. The caller alone says how much a
 * stream may send (RFC 9113 §6.9.1), and pings keep its connection up while it says nothing.
 */
function limitUnread(stream: ServerHttp2Stream, unreadMaxMs: number): void {
  if (stream.destroyed || stream.writableFinished) return;
  const limitMs = unreadMaxMs + stream.writableLength / slowestReader;
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), limitMs);
  stream.once('close', () => clearTimeout(timer));
}

/** `edgeResponseClass` for HTTP/2: what writes an answer need not know over what it goes. */
export function edgeHttp2ResponseClass(
  fixed: readonly (readonly [string, string])[],
  { unreadMaxMs = 30_000 } = {},
): typeof Http2ServerResponse {
  return class EdgeHttp2Response<R extends Http2ServerRequest = Http2ServerRequest>
    extends Http2ServerResponse<R>
    implements WithRequestId
  {
    #requestId: string | undefined;

    constructor(stream: ServerHttp2Stream) {
      super(stream);
      // As an answer of HTTP/1.1 has it: node ends the writing side of a stream that was reset, and
      // so says of half an answer that it is finished.
      Object.defineProperties(this, {
        destroyed: { get: () => stream.destroyed || stream.aborted },
        writableFinished: { get: () => stream.writableFinished && !stream.aborted },
      });
    }

    get requestId(): string {
      return (this.#requestId ??= requestIdOf(this.req.headers[requestIdHeader]));
    }

    override setHeader(name: string, value: number | string | readonly string[]): void {
      if (!ofConnection.has(name.toLowerCase())) super.setHeader(name, value);
    }

    override writeHead(status: number, ...rest: unknown[]): this {
      const given = Object.entries(rest.find(isHeaders) ?? {});
      for (const [name, value] of given) if (value !== undefined) this.setHeader(name, value);
      for (const [name, value] of fixed) if (!this.hasHeader(name)) super.setHeader(name, value);
      super.setHeader(requestIdHeader, this.requestId);
      return super.writeHead(status);
    }

    override end(...rest: unknown[]): this {
      const { stream } = this;
      super.end(...(rest as []));
      if (stream.writableLength > 0) limitUnread(stream, unreadMaxMs);
      return this;
    }
  };
}
