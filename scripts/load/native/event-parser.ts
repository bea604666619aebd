/** Bytes of an HTTP/1.1 answer that does not end, told apart into head, chunks and events. */

export interface ServerEvent {
  /** `message` unless said. */
  type: string;
  data: string;
}

export interface EventParserHandlers {
  onHead(head: { status: number; retryAfterMs: number | undefined }): void;
  onEvent(event: ServerEvent): void;
}

export interface EventParser {
  push(bytes: Buffer): void;
  /** Of the last event that had one; goes on from stream to stream. */
  readonly lastEventId: string;
  /** What the server asked to wait before coming back; ms. */
  readonly retryMs: number | undefined;
}

const headEnd = '\r\n\r\n';

/** Takes the framing off as it comes, whatever pieces it comes in: RFC 9112 §7.1. */
function createChunkReader(onText: (text: string) => void): (text: string) => void {
  let rest = '';
  let missing = 0;
  return (text) => {
    rest += text;
    while (rest !== '') {
      if (missing > 0) {
        const piece = rest.slice(0, missing);
        rest = rest.slice(piece.length);
        missing -= piece.length;
        onText(piece);
        continue;
      }
      const start = rest.startsWith('\r\n') ? 2 : 0;
      const end = rest.indexOf('\r\n', start);
      if (end < 0) return;
      missing = Number.parseInt(rest.slice(start, end), 16) || 0;
      rest = rest.slice(end + 2);
    }
  };
}

function createLineReader(onEvent: (event: ServerEvent) => void, state: StreamState) {
  let rest = '';
  let type = '';
  let data: string[] = [];
  const read = (line: string): void => {
    if (line === '') {
      if (data.length > 0) onEvent({ type: type || 'message', data: data.join('\n') });
      type = '';
      data = [];
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') type = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id') state.lastEventId = value;
    else if (field === 'retry' && /^\d+$/.test(value)) state.retryMs = Number(value);
  };
  return (text: string): void => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) read(line);
  };
}

interface StreamState {
  lastEventId: string;
  retryMs: number | undefined;
}

/**
 * One stream; a few hundred bytes while nothing comes. Bytes are read as Latin-1, so that a length
 * is a length, and events are decoded whole (WHATWG HTML §9.2.6).
 */
export function createEventParser(handlers: EventParserHandlers, from?: EventParser): EventParser {
  const state: StreamState = {
    lastEventId: from?.lastEventId ?? '',
    retryMs: from?.retryMs,
  };
  const onEvent = ({ type, data }: ServerEvent): void =>
    handlers.onEvent({ type, data: Buffer.from(data, 'latin1').toString('utf8') });
  const readLines = createLineReader(onEvent, state);
  let readBody: ((text: string) => void) | undefined;
  let head = '';
  return {
    push(bytes) {
      const text = bytes.toString('latin1');
      if (readBody) return readBody(text);
      head += text;
      const end = head.indexOf(headEnd);
      if (end < 0) return;
      const [top, rest] = [head.slice(0, end), head.slice(end + headEnd.length)];
      head = '';
      const isChunked = /\r\ntransfer-encoding: *chunked/i.test(top);
      readBody = isChunked ? createChunkReader(readLines) : readLines;
      const seconds = /\r\nretry-after: *(\d+)/i.exec(top)?.[1];
      handlers.onHead({
        status: Number(top.slice(9, 12)),
        retryAfterMs: seconds === undefined ? undefined : Number(seconds) * 1_000,
      });
      readBody(rest);
    },
    get lastEventId() {
      return state.lastEventId;
    },
    get retryMs() {
      return state.retryMs;
    },
  };
}
