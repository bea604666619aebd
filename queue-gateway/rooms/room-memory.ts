import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { EndReason, Phase, Room } from '../../shared/contracts/queue.ts';
import type { EndedEntry, RoomSnapshot } from '../queue/queue-types.ts';
import { type Census, everybody, readCensus } from './census.ts';
import { type Bulletin, etagOf } from './room-rules.ts';

/** The room document as it is served. */
export interface ServedDocument {
  body: string;
  etag: string;
  phase: Phase;
}

/** What one process knows of a room: told by the leader, never asked for per person. */
export interface RoomMemory {
  readonly id: string;
  setting: RoomSetting;
  readonly epoch: number;
  readonly front: number;
  readonly tail: number;
  readonly document: ServedDocument | undefined;
  readonly speedPerSecond: number | null;
  /** Living people before this number. */
  ahead(number: number): number;
  /** Why an entry that was inside has ended, as far as it is known here. */
  endedReason(number: number): EndReason | undefined;
  /** Whether the holder of a number left while waiting. */
  hasLeft(number: number): boolean;
  noteFront(line: { front: number; tail: number; epoch?: number }): void;
  noteEnded(entry: EndedEntry): void;
  noteLeft(number: number): void;
  /** True when the document is another one than before. */
  noteBulletin(bulletin: Bulletin): boolean;
  noteSnapshot(snapshot: RoomSnapshot, gone: readonly number[]): void;
  /** Drops what nobody can ask about any more. */
  forgetOld(nowMs: number): void;
}

export function createRoomMemory(id: string, setting: RoomSetting): RoomMemory {
  const ended = new Map<number, EndedEntry>();
  const left = new Set<number>();
  let epoch = 0;
  let front = 0;
  let tail = 0;
  let document: ServedDocument | undefined;
  let speedPerSecond: number | null = null;
  let census: Census = everybody;

  function noteFront(line: { front: number; tail: number; epoch?: number }): void {
    front = Math.max(front, line.front);
    tail = Math.max(tail, line.tail);
    epoch = Math.max(epoch, line.epoch ?? 0);
  }

  function noteBulletin(bulletin: Bulletin): boolean {
    noteFront(bulletin);
    speedPerSecond = bulletin.speedPerSecond;
    census = bulletin.census === '' ? everybody : readCensus(bulletin.census);
    if (document?.body === bulletin.document) return false;
    const { phase } = JSON.parse(bulletin.document) as Room;
    document = { body: bulletin.document, etag: etagOf(bulletin.document), phase };
    return true;
  }

  return {
    id,
    setting,
    get epoch() {
      return epoch;
    },
    get front() {
      return front;
    },
    get tail() {
      return tail;
    },
    get document() {
      return document;
    },
    get speedPerSecond() {
      return speedPerSecond;
    },
    ahead: (number) =>
      Math.max(
        0,
        Math.min(census.livingBefore(number) - census.livingBefore(front + 1), number - front - 1),
      ),
    endedReason: (number) => ended.get(number)?.reason,
    hasLeft: (number) => left.has(number),
    noteFront,
    noteEnded: (entry) => void ended.set(entry.number, entry),
    noteLeft: (number) => void left.add(number),
    noteBulletin,
    noteSnapshot(snapshot, gone) {
      noteFront(snapshot);
      for (const entry of snapshot.ended) ended.set(entry.number, entry);
      for (const number of gone) left.add(number);
      if (snapshot.document !== '') noteBulletin(JSON.parse(snapshot.document) as Bulletin);
    },
    forgetOld(nowMs) {
      for (const [number, { untilMs }] of ended) if (untilMs <= nowMs) ended.delete(number);
      for (const number of left) if (number <= front) left.delete(number);
    },
  };
}
