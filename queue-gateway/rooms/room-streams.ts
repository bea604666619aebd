import { shareOf } from '../../shared/worker-rules.ts';
import { type EventSink, type SinkEvents, toPiece } from '../http/event-sink.ts';
import type { ServedDocument } from './room-memory.ts';
import {
  createTeller,
  eventOf,
  inSlices,
  type Listener,
  type Stream,
  write,
} from './room-teller.ts';

/** `perAddress` is one process's share of what an address may have. */
export interface StreamLimits {
  perProcess: number;
  perAddress: number;
}

export interface RoomStreams {
  /**
   * False when there are too many already; then nothing was written.
   * @param openSink writes the head of the answer.
   */
  open(openSink: (events: SinkEvents) => EventSink, from: Listener, now?: ServedDocument): boolean;
  /** The document of a room has changed. */
  broadcast(roomId: string, document: ServedDocument): void;
  /**
   * A comment to everybody who was told nothing for a while, so that nobody in between takes the
   * connection for dead, and a sign of life for everybody who listens.
   */
  ping(): void;
  /** Ends every stream with a hint to come back, not all at once. */
  drain(): void;
  /** Waits for streams that end; those that do not in time are cut off. */
  close(): Promise<void>;
  count(): number;
}

/** Of a gateway with so many processes. */
export const streamLimits = (processes: number): StreamLimits => ({
  perProcess: 25_000,
  perAddress: shareOf(500, processes),
});
const maxPingsFull = 3;
/** For the last words to be read. */
const goodbyeMs = 2_000;
const retryMs = { base: 2_000, jitter: 3_000 };

const retryHint = (random: () => number): string =>
  `retry: ${Math.round(retryMs.base + random() * retryMs.jitter)}\n`;

const pingPiece = toPiece(': ping\n\n');

/** Who listens, by room, counted by address. */
function createRegister(limits: StreamLimits) {
  const byRoom = new Map<string, Set<Stream>>();
  const byAddress = new Map<string, number>();
  let count = 0;
  let onEmpty: () => void = () => undefined;
  return {
    count: () => count,
    has: (roomId: string): boolean => byRoom.has(roomId),
    of: (roomId: string): Iterable<Stream> => byRoom.get(roomId) ?? [],
    *all(): Iterable<Stream> {
      for (const streams of byRoom.values()) yield* streams;
    },
    /** Once nobody listens any more. */
    emptied: (): Promise<void> =>
      new Promise((resolve) => {
        if (count === 0) resolve();
        else onEmpty = resolve;
      }),
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
      if (count === 0) onEmpty();
    },
  };
}

const fresh = { full: false, quiet: false, pingsFull: 0 };

/** @returns false when the reader is given up. */
function pingOne(stream: Stream): boolean {
  if (stream.full) stream.pingsFull += 1;
  else if (stream.quiet) write(stream, pingPiece);
  stream.quiet = true;
  if (stream.pingsFull < maxPingsFull) return true;
  stream.sink.destroy();
  return false;
}

export function createRoomStreams(options: {
  limits: StreamLimits;
  random: () => number;
  onAlive: (roomId: string, number: number) => void;
}): RoomStreams {
  const { random, onAlive } = options;
  const register = createRegister(options.limits);
  const teller = createTeller(register.of);
  let draining = false;
  const noteLife = ({ roomId, number }: Listener): void => {
    const known = typeof number === 'function' ? number() : (number ?? 0);
    if (known > 0) onAlive(roomId, known);
  };

  function remove(stream: Stream): void {
    register.remove(stream);
    if (!register.has(stream.roomId)) teller.forget(stream.roomId);
  }

  return {
    count: register.count,
    open(openSink, from, now) {
      if (draining || register.isFull(from.address)) return false;
      const sink = openSink({
        onDrain() {
          stream.full = false;
          stream.pingsFull = 0;
          teller.tell(stream);
        },
        onClose: () => remove(stream),
      });
      const stream: Stream = { ...from, ...fresh, sink, etag: now?.etag ?? '' };
      register.add(stream);
      noteLife(stream);
      write(stream, toPiece(`${retryHint(random)}\n${now ? eventOf(now) : ''}`));
      return true;
    },
    broadcast(roomId, document) {
      if (register.has(roomId)) teller.note(roomId, document);
    },
    ping: () =>
      void inSlices(register.all(), (stream) => {
        if (pingOne(stream)) noteLife(stream);
      }),
    drain() {
      draining = true;
      for (const stream of register.all()) {
        stream.full = true; // Nothing more goes in.
        stream.sink.end(toPiece(`${retryHint(random)}event: reconnect\ndata:\n\n`));
      }
    },
    async close() {
      const deadline = setTimeout(() => {
        for (const stream of register.all()) stream.sink.destroy();
      }, goodbyeMs);
      await register.emptied();
      clearTimeout(deadline);
    },
  };
}
