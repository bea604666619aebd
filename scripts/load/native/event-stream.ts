import { connect, type Socket } from 'node:net';
import type { ListenEnd, ListenRequest } from '../io.ts';
import { createEventParser, type EventParser } from './event-parser.ts';

export interface EventStreamDeps {
  /** `http://host:port` */
  gatewayUrl: string;
  onOpen(tookMs: number): void;
  onEvent(): void;
  onReconnect(): void;
  /** A status that is neither 200 nor one to come back for. */
  onRefused(status: number): void;
}

/** Until the server says another one. */
const defaultRetryMs = 3_000;
const comeBackFor = [429, 502, 503, 504];

/**
 * Listens to one stream of events: a raw socket, no client around it, so that thousands cost one
 * process little. Comes back as a browser would: after what `retry` said, with `Last-Event-ID`.
 * @returns `over` when `until` said so, `late` after `maxMs`, `refused` when there is nothing to hear
 */
export function listenToEvents(deps: EventStreamDeps, request: ListenRequest): Promise<ListenEnd> {
  const { hostname, port } = new URL(deps.gatewayUrl);
  return new Promise((resolve) => {
    let socket: Socket | undefined;
    let comingBack: NodeJS.Timeout | undefined;
    let parser: EventParser | undefined;
    const finish = (end: ListenEnd): void => {
      clearTimeout(deadline);
      clearTimeout(comingBack);
      socket
        ?.removeAllListeners()
        .on('error', () => undefined)
        .destroy();
      resolve(end);
    };
    const deadline = setTimeout(() => finish('late'), request.maxMs);

    function open(): void {
      const startedAtMs = performance.now();
      let pauseMs: number | undefined;
      const own = createEventParser(
        {
          onHead({ status, retryAfterMs }) {
            if (status === 200) return deps.onOpen(performance.now() - startedAtMs);
            pauseMs = retryAfterMs;
            if (comeBackFor.includes(status)) return void socket?.destroy();
            // 204 means: do not come back. So does everything that is no event stream.
            if (status !== 204) deps.onRefused(status);
            finish('refused');
          },
          onEvent({ type, data }) {
            deps.onEvent();
            if (type === 'reconnect') socket?.destroy();
            else if (request.until(data)) finish('over');
          },
        },
        parser,
      );
      parser = own;
      socket = connect(Number(port), hostname, () => socket?.write(headOf(request, hostname, own)));
      socket.on('data', own.push);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        deps.onReconnect();
        comingBack = setTimeout(open, pauseMs ?? own.retryMs ?? defaultRetryMs);
      });
    }
    open();
  });
}

function headOf(request: ListenRequest, host: string, { lastEventId }: EventParser): string {
  const lines = [
    `GET ${request.path} HTTP/1.1`,
    `Host: ${host}`,
    'Accept: text/event-stream',
    'Cache-Control: no-store',
    // The end of the stream is then the end of the socket.
    'Connection: close',
    ...(request.queueToken === undefined ? [] : [`X-Queue-Token: ${request.queueToken}`]),
    ...(lastEventId === '' ? [] : [`Last-Event-ID: ${lastEventId}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
