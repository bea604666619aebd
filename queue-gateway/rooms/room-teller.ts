import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EventSink, type Piece, toPiece } from '../http/event-sink.ts';
import type { ServedDocument } from './room-memory.ts';

export interface Listener {
  roomId: string;
  address: string;
  /** Number of the entry that listens, when it said so: the stream is its sign of life. */
  number?: number | (() => number) | undefined;
}

export interface Stream extends Listener {
  sink: EventSink;
  /** Tag of the document that it was sent last. */
  etag: string;
  /** Does not take more just now. */
  full: boolean;
  /** Nothing was written since the last ping. */
  quiet: boolean;
  /** Pings since it was full. */
  pingsFull: number;
}

/** WHATWG HTML §9.2.6. The id is the tag, so that a reader can tell what it has. */
export const eventOf = ({ body, etag }: ServedDocument): string =>
  `event: room\nid: ${etag.slice(1, -1)}\ndata: ${body}\n\n`;

export function write(stream: Stream, piece: Piece): void {
  stream.quiet = false;
  stream.full = !stream.sink.write(piece);
}

/** A document on its way to all who listen to a room. */
interface News {
  etag: string;
  piece: Piece;
}

/** So many are written to before others have their turn: a few milliseconds. */
const sliceMax = 500;

/** Does something for each, with a pause after every slice. */
export async function inSlices<T>(all: Iterable<T>, visit: (one: T) => void): Promise<void> {
  let left = sliceMax;
  for (const one of all) {
    visit(one);
    left -= 1;
    if (left > 0) continue;
    left = sliceMax;
    await nextTurn();
  }
}

/**
 * Tells rooms their news, a slice at a time. Whoever is reached later gets the newest there is, and
 * as fast as the reader reads: what it misses is only a state that is over.
 */
export function createTeller(of: (roomId: string) => Iterable<Stream>) {
  const newest = new Map<string, News>();
  const telling = new Set<string>();

  function tell(stream: Stream): void {
    const news = newest.get(stream.roomId);
    if (!news || stream.full || stream.etag === news.etag) return;
    stream.etag = news.etag;
    write(stream, news.piece);
  }

  async function tellRoom(roomId: string): Promise<void> {
    telling.add(roomId);
    for (let told: News | undefined; told !== newest.get(roomId);) {
      told = newest.get(roomId);
      await inSlices(of(roomId), tell);
    }
    telling.delete(roomId);
  }

  return {
    tell,
    /** Of a room that has listeners; what is told to nobody is not kept. */
    note(roomId: string, document: ServedDocument): void {
      newest.set(roomId, { etag: document.etag, piece: toPiece(eventOf(document)) });
      if (!telling.has(roomId)) void tellRoom(roomId);
    },
    forget: (roomId: string): unknown => newest.delete(roomId),
  };
}
