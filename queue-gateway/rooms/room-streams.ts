import { shareOf } from '../../shared/worker-rules.ts';
import type { ServedDocument } from './room-memory.ts';

/** Where events are written to: a response of node, or whatever a test puts there. */
export interface EventSink {
  write(text: string): boolean;
  end(text?: string): void;
  destroy(): void;
  once(event: 'close' | 'drain', listener: () => void): unknown;
}

export interface Listener {
  roomId: string;
  address: string;
  /** Number of the entry that listens, when it said so: the stream is its sign of life. */
  number?: number | (() => number) | undefined;
}

/** `perAddress` is one process's share of what an address may have. */
export interface StreamLimits {
  perProcess: number;
  perAddress: number;
}

export interface RoomStreams {
  /** False when there are too many already; then nothing was written. */
  open(sink: EventSink, from: Listener, now?: ServedDocument): boolean;
  /** The document of a room has changed. */
  broadcast(roomId: string, document: ServedDocument): void;
  /**
   * A comment to everybody, so that nobody in between takes the connection for dead, and a sign of
   * life for everybody who listens.
   */
  ping(): void;
  /** Ends every stream with a hint to come back, not all at once. */
  drain(): void;
  count(): number;
}

interface Stream extends Listener {
  sink: EventSink;
  /** Does not take more just now. */
  full: boolean;
  /** What it missed meanwhile: only the newest counts. */
  missed: ServedDocument | undefined;
  /** Pings since it was full. */
  pingsFull: number;
}

/** Of a gateway with so many processes. */
export const streamLimits = (processes: number): StreamLimits => ({
  perProcess: 25_000,
  perAddress: shareOf(500, processes),
});
const maxPingsFull = 3;
const retryMs = { base: 2_000, jitter: 3_000 };

const retryHint = (random: () => number): string =>
  `retry: ${Math.round(retryMs.base + random() * retryMs.jitter)}\n`;

/** WHATWG HTML §9.2.6. The id is the tag, so that a reader can tell what it has. */
const eventOf = ({ body, etag }: ServedDocument): string =>
  `event: room\nid: ${etag.slice(1, -1)}\ndata: ${body}\n\n`;

/** Writes as fast as the reader reads, and no faster: what it misses is only the newest state. */
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

/** Who listens, by room, counted by address. */
function createRegister(limits: StreamLimits) {
  const byRoom = new Map<string, Set<Stream>>();
  const byAddress = new Map<string, number>();
  let count = 0;
  return {
    count: () => count,
    of: (roomId: string): Iterable<Stream> => byRoom.get(roomId) ?? [],
    *all(): Iterable<Stream> {
      for (const streams of byRoom.values()) yield* streams;
    },
    isFull: (address: string): boolean =>
      count >= limits.perProcess || (byAddress.get(address) ?? 0) >= limits.perAddress,
    add(stream: Stream): void {
      const { roomId, address } = stream;
      byRoom.set(roomId, (byRoom.get(roomId) ?? new Set()).add(stream));
      byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
      count += 1;
    },
    remove(stream: Stream): void {
      const { roomId, address } = stream;
      const streams = byRoom.get(roomId);
      if (!streams?.delete(stream)) return;
      if (streams.size === 0) byRoom.delete(roomId);
      const others = (byAddress.get(address) ?? 1) - 1;
      if (others > 0) byAddress.set(address, others);
      else byAddress.delete(address);
      count -= 1;
    },
  };
}

export function createRoomStreams(options: {
  limits: StreamLimits;
  random: () => number;
  onAlive: (roomId: string, number: number) => void;
}): RoomStreams {
  const { limits, random, onAlive } = options;
  const register = createRegister(limits);
  let draining = false;
  const noteLife = ({ roomId, number }: Listener): void => {
    const known = typeof number === 'function' ? number() : (number ?? 0);
    if (known > 0) onAlive(roomId, known);
  };

  return {
    count: register.count,
    open(sink, from, now) {
      if (draining || register.isFull(from.address)) return false;
      const stream: Stream = { ...from, sink, full: false, missed: undefined, pingsFull: 0 };
      register.add(stream);
      noteLife(stream);
      sink.once('close', () => register.remove(stream));
      send(stream, `${retryHint(random)}\n${now ? eventOf(now) : ''}`);
      return true;
    },
    broadcast(roomId, document) {
      const text = eventOf(document);
      for (const stream of register.of(roomId)) {
        if (stream.full) stream.missed = document;
        else send(stream, text);
      }
    },
    ping() {
      for (const stream of register.all()) {
        if (stream.full) stream.pingsFull += 1;
        else send(stream, ': ping\n\n');
        if (stream.pingsFull >= maxPingsFull) stream.sink.destroy();
        else noteLife(stream);
      }
    },
    drain() {
      draining = true;
      for (const stream of register.all())
        stream.sink.end(`${retryHint(random)}event: reconnect\ndata:\n\n`);
    },
  };
}
