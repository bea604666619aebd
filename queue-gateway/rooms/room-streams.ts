import type { ServedDocument } from './room-memory.ts';

/** Where events are written to: a response of node, or whatever a test puts there. */
export interface EventSink {
  write(text: string): boolean;
  end(text?: string): void;
  destroy(): void;
  once(event: 'close' | 'drain', listener: () => void): unknown;
}

export interface StreamLimits {
  perProcess: number;
  perAddress: number;
}

export interface RoomStreams {
  /** False when there are too many already; then nothing was written. */
  open(sink: EventSink, from: { roomId: string; address: string }, now?: ServedDocument): boolean;
  /** The document of a room has changed. */
  broadcast(roomId: string, document: ServedDocument): void;
  /** A comment to everybody, so that nobody in between takes the connection for dead. */
  ping(): void;
  /** Ends every stream with a hint to come back, not all at once. */
  drain(): void;
  count(): number;
}

interface Stream {
  sink: EventSink;
  roomId: string;
  address: string;
  /** Does not take more just now. */
  full: boolean;
  /** What it missed meanwhile: only the newest counts. */
  missed: ServedDocument | undefined;
  /** Pings since it was full. */
  pingsFull: number;
}

export const defaultStreamLimits: StreamLimits = { perProcess: 25_000, perAddress: 500 };
const maxPingsFull = 3;
const retryMs = { base: 2_000, jitter: 3_000 };

const retryHint = (random: () => number): string =>
  `retry: ${Math.round(retryMs.base + random() * retryMs.jitter)}\n`;

/** WHATWG HTML §9.2.6. The id is the tag, so that a reader can tell what it has. */
const eventOf = ({ body, etag }: ServedDocument): string =>
  `event: room\nid: ${etag.slice(1, -1)}\ndata: ${body}\n\n`;

export function createRoomStreams(options: {
  limits: StreamLimits;
  random: () => number;
}): RoomStreams {
  const { limits, random } = options;
  const byRoom = new Map<string, Set<Stream>>();
  const byAddress = new Map<string, number>();
  let open = 0;
  let draining = false;

  function send(stream: Stream, text: string): void {
    if (stream.sink.write(text)) return;
    stream.full = true;
    stream.sink.once('drain', () => {
      stream.full = false;
      stream.pingsFull = 0;
      const { missed } = stream;
      stream.missed = undefined;
      if (missed) send(stream, eventOf(missed));
    });
  }

  function forget(stream: Stream): void {
    const { roomId, address } = stream;
    const streams = byRoom.get(roomId);
    if (!streams?.delete(stream)) return;
    if (streams.size === 0) byRoom.delete(roomId);
    open -= 1;
    const others = (byAddress.get(address) ?? 1) - 1;
    if (others > 0) byAddress.set(address, others);
    else byAddress.delete(address);
  }

  const every = function* (): Iterable<Stream> {
    for (const streams of byRoom.values()) yield* streams;
  };

  return {
    open(sink, { roomId, address }, now) {
      const sameAddress = byAddress.get(address) ?? 0;
      if (draining || open >= limits.perProcess || sameAddress >= limits.perAddress) return false;
      const stream: Stream = {
        sink,
        roomId,
        address,
        full: false,
        missed: undefined,
        pingsFull: 0,
      };
      const streams = byRoom.get(roomId) ?? new Set();
      byRoom.set(roomId, streams.add(stream));
      byAddress.set(address, sameAddress + 1);
      open += 1;
      sink.once('close', () => forget(stream));
      send(stream, `${retryHint(random)}\n${now ? eventOf(now) : ''}`);
      return true;
    },
    broadcast(roomId, document) {
      const streams = byRoom.get(roomId);
      if (!streams) return;
      const text = eventOf(document);
      for (const stream of streams) {
        if (stream.full) stream.missed = document;
        else send(stream, text);
      }
    },
    ping() {
      for (const stream of every()) {
        if (!stream.full) send(stream, ': ping\n\n');
        else if ((stream.pingsFull += 1) >= maxPingsFull) stream.sink.destroy();
      }
    },
    drain() {
      draining = true;
      for (const stream of every())
        stream.sink.end(`${retryHint(random)}event: reconnect\ndata:\n\n`);
    },
    count: () => open,
  };
}
