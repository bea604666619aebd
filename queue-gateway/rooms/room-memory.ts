import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { EndReason, Phase, Room } from '../../shared/contracts/queue.ts';
import type { EndedEntry, KnownLine, RoomSnapshot } from '../queue/queue-types.ts';
import { type Census, everybody, readCensus } from './census.ts';
import { type Bulletin, etagOf } from './room-rules.ts';

/** The room document as it is served. */
export interface ServedDocument {
  body: string;
  etag: string;
  phase: Phase;
}

interface FrontLine {
  front: number;
  tail: number;
  epoch?: number;
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
  /** All that this process remembers, should Redis lose it. */
  known(): KnownLine;
  /** False while news may have been missed. */
  isCurrent(): boolean;
  /** Living people before this number. */
  ahead(number: number): number;
  /** Why an entry that was inside has ended, as far as it is known here. */
  endedReason(number: number): EndReason | undefined;
  /** Whether the holder of a number left while waiting. */
  hasLeft(number: number): boolean;
  noteFront(line: FrontLine): void;
  noteEnded(entry: EndedEntry): void;
  noteLeft(number: number): void;
  /** True when the document is another one than before. */
  noteBulletin(bulletin: Bulletin): boolean;
  noteSnapshot(snapshot: RoomSnapshot, gone: readonly number[]): void;
  /** Drops what nobody can ask about any more. */
  forgetOld(nowMs: number): void;
}

/** Those whose tokens are over though their time is not. */
function createEndedList() {
  const ended = new Map<number, EndedEntry>();
  const left = new Set<number>();
  return {
    endedReason: (number: number): EndReason | undefined => ended.get(number)?.reason,
    hasLeft: (number: number): boolean => left.has(number),
    noteEnded: (entry: EndedEntry): void => void ended.set(entry.number, entry),
    noteLeft: (number: number): void => void left.add(number),
    forget(nowMs: number, front: number): void {
      for (const [number, { untilMs }] of ended) if (untilMs <= nowMs) ended.delete(number);
      for (const number of left) if (number <= front) left.delete(number);
    },
  };
}

export function createRoomMemory(options: {
  setting: RoomSetting;
  isCurrent: () => boolean;
}): RoomMemory {
  const { setting, isCurrent } = options;
  const { forget, ...list } = createEndedList();
  const line: KnownLine = { front: 0, tail: 0, epoch: 0, slots: 0 };
  let document: ServedDocument | undefined;
  let speedPerSecond: number | null = null;
  let census: Census = everybody;

  function noteFront({ front, tail, epoch = 0 }: FrontLine): void {
    line.front = Math.max(line.front, front);
    line.tail = Math.max(line.tail, tail);
    line.epoch = Math.max(line.epoch, epoch);
  }

  function noteBulletin(bulletin: Bulletin): boolean {
    noteFront(bulletin);
    speedPerSecond = bulletin.speedPerSecond;
    census = bulletin.census === '' ? everybody : readCensus(bulletin.census);
    if (document?.body === bulletin.document) return false;
    const { phase, active } = JSON.parse(bulletin.document) as Room;
    line.slots = active;
    document = { body: bulletin.document, etag: etagOf(bulletin.document), phase };
    return true;
  }

  const livingBetween = (from: number, to: number): number =>
    Math.max(0, Math.min(census.livingBefore(to) - census.livingBefore(from), to - from));

  return {
    id: setting.concertId,
    setting,
    isCurrent,
    known: () => ({ ...line }),
    get epoch() {
      return line.epoch;
    },
    get front() {
      return line.front;
    },
    get tail() {
      return line.tail;
    },
    get document() {
      return document;
    },
    get speedPerSecond() {
      return speedPerSecond;
    },
    ahead: (number) => livingBetween(Math.min(line.front + 1, number), number),
    ...list,
    noteFront,
    noteBulletin,
    noteSnapshot(snapshot, gone) {
      noteFront(snapshot);
      for (const entry of snapshot.ended) list.noteEnded(entry);
      for (const number of gone) list.noteLeft(number);
      if (snapshot.document !== '') noteBulletin(JSON.parse(snapshot.document) as Bulletin);
    },
    forgetOld: (nowMs) => forget(nowMs, line.front),
  };
}
