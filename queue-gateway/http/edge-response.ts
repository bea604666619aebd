import { type IncomingMessage, type OutgoingHttpHeader, ServerResponse } from 'node:http';
import { bodyLimitBytes } from '../../shared/contracts/endpoint.ts';
import { endLingering } from './linger.ts';
import { requestIdHeader, requestIdOf } from './request-id.ts';

type Headers = Record<string, OutgoingHttpHeader | undefined>;

/** A response that knows the id of its request. */
export interface WithRequestId {
  readonly requestId: string;
}

/**
 * Headers that are known before the answer is: they go into its head, whoever writes it. Put in
 * again, they replace what was put in before. `setHeader` would make node go through every header of
 * the answer twice more.
 */
interface WithEarlyHeaders {
  /** Names and values in turn, names in small letters. */
  early: readonly string[];
}

export function putEarly(outgoing: ServerResponse, headers: readonly string[]): void {
  if ('early' in outgoing) {
    (outgoing as ServerResponse & WithEarlyHeaders).early = headers;
    return;
  }
  for (let at = 0; at < headers.length; at += 2)
    outgoing.setHeader(headers[at] ?? '', headers[at + 1] ?? '');
}

const none: readonly string[] = [];

/**
 * Whether more of a body may be on its way than is worth reading when the answer is given without
 * it: node would read all there is, to keep the connection.
 */
function isMoreToCome({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  const isEndless = headers['transfer-encoding'] !== undefined;
  return isEndless || Number(headers['content-length'] ?? 0) > bodyLimitBytes;
}

/** Of what `writeHead` takes after the status: its headers by name. */
export const isHeaders = (value: unknown): value is Headers =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Calls the base class with the one list of headers that node takes without a second look. */
function flatten(headers: Headers): OutgoingHttpHeader[] {
  const flat: OutgoingHttpHeader[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) for (const one of value) flat.push(name, one);
    else if (value !== undefined) flat.push(name, value);
  }
  return flat;
}

/**
 * The class of every answer: puts the request id and the fixed headers in when the head is
 * written, whoever writes it, Hono or the forward path. An answer's own header of the same name
 * wins. Setting them one by one beforehand costs a tenth of a forwarded call.
 * @param options.unreadMaxMs how long the rest of a whole answer waits for a caller that reads nothing
 */
export function edgeResponseClass(
  fixed: readonly (readonly [string, string])[],
  { unreadMaxMs = 30_000 } = {},
): typeof ServerResponse {
  const names = new Set(fixed.map(([name]) => name));
  const all = fixed.flat();
  return class EdgeResponse<R extends IncomingMessage = IncomingMessage>
    extends ServerResponse<R>
    implements WithRequestId, WithEarlyHeaders
  {
    early = none;
    #requestId: string | undefined;

    get requestId(): string {
      return (this.#requestId ??= requestIdOf(this.req.headers[requestIdHeader]));
    }

    /** After this answer, by way of what node calls then. */
    #endConnection(): void {
      this.shouldKeepAlive = false;
      const { socket } = this.req;
      socket.destroySoon = () => endLingering(socket);
    }

    override writeHead(status: number, ...rest: unknown[]): this {
      if (isMoreToCome(this.req)) this.#endConnection();
      const given = rest.find(isHeaders) ?? {};
      const flat = flatten(given);
      // Most answers have none of their own, and need not be asked for each.
      let isPlain = this.getHeaderNames().length === 0;
      for (const name in given) if (names.has(name)) isPlain = false;
      if (isPlain) flat.push(...all);
      else
        for (const [name, value] of fixed)
          if (given[name] === undefined && !this.hasHeader(name)) flat.push(name, value);
      for (const text of this.early) flat.push(text);
      flat.push(requestIdHeader, this.requestId);
      return super.writeHead(status, flat);
    }

    override end(...rest: unknown[]): this {
      super.end(...(rest as []));
      // Nobody waits for ever until a caller reads: node ends a socket on which nothing moves. When
      // the answer is through it sets the time a kept connection may lie idle instead.
      if (this.socket && this.socket.writableLength > 0) this.socket.setTimeout(unreadMaxMs);
      return this;
    }
  };
}
