import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { forgetHeaders } from './forget-headers.ts';

/** An event as bytes, and the same as a chunk of HTTP/1.1: made once for all who listen. */
export interface Piece {
  readonly bytes: Buffer;
  readonly chunk: Buffer;
}

const lineEnd = Buffer.from('\r\n');
/** RFC 9112 §7.1: there is no more. */
const lastChunk = Buffer.from('0\r\n\r\n');

export function toPiece(text: string): Piece {
  const bytes = Buffer.from(text);
  const size = Buffer.from(`${bytes.length.toString(16)}\r\n`);
  return { bytes, chunk: Buffer.concat([size, bytes, lineEnd]) };
}

/** An answer that goes on for hours. */
export interface EventSink {
  /** False when the reader does not keep up: `onDrain` follows. */
  write(piece: Piece): boolean;
  end(piece: Piece): void;
  destroy(): void;
}

export interface SinkEvents {
  onDrain(): void;
  onClose(): void;
}

/** Over HTTP/2 or TLS: the answer as node has it. */
function keepAnswer(outgoing: ServerResponse, { onDrain, onClose }: SinkEvents): EventSink {
  outgoing.on('drain', onDrain);
  outgoing.once('close', onClose);
  forgetHeaders(outgoing);
  return {
    write: ({ bytes }) => outgoing.write(bytes),
    end: ({ bytes }) => void outgoing.end(bytes),
    destroy: () => void outgoing.destroy(),
  };
}

/** The connection itself, past the types of node. */
interface WithHandle {
  _handle: object | null;
}

/** A socket whose events go to one place, so that no socket needs functions of its own. */
class OwnSocket extends Socket {
  events: SinkEvents;

  constructor(handle: object, events: SinkEvents) {
    super({ handle } as object);
    this.events = events;
    this.on('drain', passDrain);
    this.on('close', passClose);
    this.on('error', ignore);
    this.resume(); // What comes is nothing we asked for, and the end must be noticed.
  }
}

function passDrain(this: OwnSocket): void {
  this.events.onDrain();
}

function passClose(this: OwnSocket): void {
  this.events.onClose();
}

/** An error is followed by `close`. */
const ignore = (): void => undefined;

/**
 * Once the head is out, the connection goes to a socket of its own, and node lets go of what its
 * server keeps for each: the request, the answer, a parser, a dozen listeners. What goes over the wire
 * is the same.
 */
class MovingSink implements EventSink {
  #outgoing: ServerResponse | undefined;
  #socket: OwnSocket | undefined;
  #isChunked = true;
  #isEnded = false;
  readonly #events: SinkEvents;

  constructor(outgoing: ServerResponse, events: SinkEvents) {
    this.#outgoing = outgoing;
    this.#events = events;
    outgoing.on('drain', () => {
      if (!this.#socket) events.onDrain();
    });
    outgoing.once('close', () => {
      if (!this.#socket) events.onClose();
    });
  }

  write({ bytes, chunk }: Piece): boolean {
    if (this.#socket) return this.#socket.write(this.#isChunked ? chunk : bytes);
    return this.#outgoing?.write(bytes, (error) => error ?? this.#move()) ?? false;
  }

  end({ bytes, chunk }: Piece): void {
    this.#isEnded = true;
    if (!this.#socket) this.#outgoing?.end(bytes);
    else if (this.#isChunked) this.#socket.end(Buffer.concat([chunk, lastChunk]));
    else this.#socket.end(bytes);
  }

  destroy(): void {
    (this.#socket ?? this.#outgoing)?.destroy();
  }

  /** Not while anything is on its way: it would belong to neither. */
  #move(): void {
    const outgoing = this.#outgoing;
    const socket = outgoing?.socket as (Socket & WithHandle) | null | undefined;
    const handle = socket?._handle;
    if (!outgoing || !socket || !handle || this.#isEnded) return;
    if (socket.destroyed || socket.writableLength > 0) return;
    this.#isChunked = outgoing.chunkedEncoding;
    socket._handle = null;
    this.#socket = new OwnSocket(handle, this.#events);
    this.#outgoing = undefined;
    socket.destroy();
  }
}

/** A connection of TCP alone can go to another socket; one inside TLS or HTTP/2 cannot. */
const isPlain = ({ socket }: ServerResponse): boolean =>
  socket instanceof Socket && !('encrypted' in socket) && '_handle' in socket;

/** Writes the head, with these headers, and leaves the rest to whoever has the events. */
export function openSink(
  outgoing: ServerResponse,
  headers: Readonly<Record<string, string>>,
  events: SinkEvents,
): EventSink {
  outgoing.writeHead(200, { ...headers, connection: 'close' });
  return isPlain(outgoing) ? new MovingSink(outgoing, events) : keepAnswer(outgoing, events);
}
