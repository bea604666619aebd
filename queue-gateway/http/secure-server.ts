import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Certificate } from './certificate.ts';

type Answer = Parameters<RequestListener>[1];

export interface SecureServerOptions {
  certificate: Certificate;
  /** For callers that speak HTTP/1.1, the same as without TLS. */
  limits: { headersTimeout: number; requestTimeout: number };
  http1Response: typeof ServerResponse;
  http2Response: typeof Http2ServerResponse;
}

/** A server of HTTP/2 and HTTP/1.1 that can be used and closed like one of HTTP/1.1. */
export interface SecureServer {
  server: Server;
  renew(certificate: Certificate): void;
  /** Asks everybody to open no further stream: others go on where this one ends. */
  sayGoodbye(): void;
}

/**
 * What one connection may ask for. Floods of settings and pings are ended by nghttp2 itself, at
 * 1,000 answers that nobody takes.
 */
const sessionLimits = {
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  maxHeaderListPairs: 100,
  settings: { maxConcurrentStreams: 100, maxHeaderListSize: 16 * 1_024, enablePush: false },
};
/** A page that is left takes its calls back: some dozens at most. */
const resetsMax = 200;
const resetWindowMs = 10_000;
const handshakeTimeoutMs = 10_000;
/** Nothing at all was heard or said; a stream of events pings more often. */
const idleSessionMs = 60_000;
/** RFC 9113 §6.8: no stream is refused yet; the number that is follows when the session closes. */
const lastStreamPossible = 2 ** 31 - 1;

/** A body must be here in time, as with HTTP/1.1, however steadily it drips. */
function limitBody(stream: ServerHttp2Stream, timeoutMs: number): void {
  if (stream.endAfterHeaders) return;
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), timeoutMs);
  const stop = (): void => clearTimeout(timer);
  stream.once('end', stop);
  stream.once('close', stop);
}

/**
 * A stream that is reset makes room for the next one at once, so the number of streams bounds
 * nothing (CVE-2023-44487). nghttp2 only stops listening; whoever does this is hung up on.
 */
function limitResets(session: ServerHttp2Session): void {
  let sinceMs = performance.now();
  let resets = 0;
  const count = (): void => {
    const nowMs = performance.now();
    if (nowMs - sinceMs > resetWindowMs) [sinceMs, resets] = [nowMs, 0];
    resets += 1;
    if (resets > resetsMax) session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
  };
  session.on('stream', (stream) => stream.once('aborted', count));
}

/** Who is connected, so that all of them can be told, let go, or cut off. */
function followConnections(server: Http2SecureServer) {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('session', (session) => {
    sessions.add(session);
    limitResets(session);
    session.once('close', () => sessions.delete(session));
    session.setTimeout(idleSessionMs, () => session.close());
  });
  return { sockets, sessions };
}

export function createSecureEdgeServer(
  options: SecureServerOptions,
  listener: RequestListener,
): SecureServer {
  const { certificate, limits, http1Response, http2Response } = options;
  const server = createSecureServer({
    ...certificate,
    ...sessionLimits,
    minVersion: 'TLSv1.2',
    handshakeTimeout: handshakeTimeoutMs,
    allowHTTP1: true,
    Http1ServerResponse: http1Response,
    Http2ServerResponse: http2Response,
  });
  server.on('request', (request, response) => {
    // RFC 9113 §8.3.1: it stands where `Host` does. Both at once are refused by edge-rules.ts.
    if (request.httpVersionMajor === 2) request.headers.host ??= request.authority;
    // The compatibility API has the faces of node:http wherever this gateway looks.
    listener(request as unknown as IncomingMessage, response as unknown as ServerResponse & Answer);
  });
  server.on('stream', (stream) => limitBody(stream, limits.requestTimeout));
  const { sockets, sessions } = followConnections(server);
  const asHttp1 = Object.assign(server as unknown as Server, limits);
  const closeIdleHttp1 = asHttp1.closeIdleConnections.bind(asHttp1);
  return {
    server: Object.assign(asHttp1, {
      closeIdleConnections() {
        closeIdleHttp1();
        for (const session of sessions) session.close();
      },
      closeAllConnections() {
        for (const socket of sockets) socket.destroy();
      },
    }),
    renew: (next) => server.setSecureContext({ ...next, minVersion: 'TLSv1.2' }),
    sayGoodbye() {
      for (const session of sessions)
        if (!session.destroyed) session.goaway(constants.NGHTTP2_NO_ERROR, lastStreamPossible);
    },
  };
}
