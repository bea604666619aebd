import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { AdmissionLimit, EndReason, Phase, Room } from '../../shared/contracts/queue.ts';
import type { Demand } from '../queue/odds-rules.ts';
import { createDrawnNumbers } from '../queue/drawn-numbers.ts';
import type {
  ClosedRegistration,
  EndedEntry,
  KnownLine,
  Registration,
  RoomSnapshot,
} from '../queue/queue-types.ts';
import { type Census, everybody, readCensus } from './census.ts';
import { type Bulletin, etagOf } from './room-rules.ts';

/** The room document as it is served. */
export interface ServedDocument {
  body: string;
  etag: string;
  phase: Phase;
  limit: AdmissionLimit;
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
  /** Variance of the people of a second. */
  readonly spread: number;
  readonly demand: Demand | undefined;
  /** Who takes part in the draw, from the opening on. */
  readonly closed: ClosedRegistration | undefined;
  /** Registration indexes that were given, as far as is known here. */
  readonly registered: number;
  /** The number that a registration was drawn; 0 before the draw. */
  drawnNumber(index: number): number;
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
  /** Whether a registration was given back. */
  hasQuit(index: number): boolean;
  noteQuit(index: number): void;
  noteFront(line: FrontLine): void;
  noteRegistration(registration: Registration): void;
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
  const quit = new Set<number>();
  return {
    hasQuit: (index: number): boolean => quit.has(index),
    noteQuit: (index: number): void => void quit.add(index),
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
  const line: KnownLine & Registration = {
    front: 0,
    tail: 0,
    epoch: 0,
    slots: 0,
    registered: 0,
    chain: '',
  };
  let document: ServedDocument | undefined;
  let speedPerSecond: number | null = null;
  let spread = 0;
  let demand: Demand | undefined;
  let census: Census = everybody;
  let closed: ClosedRegistration | undefined;
  let drawn = { setting, number: createDrawnNumbers(setting) };

  function noteFront({ front, tail, epoch = 0 }: FrontLine): void {
    line.front = Math.max(line.front, front);
    line.tail = Math.max(line.tail, tail);
    line.epoch = Math.max(line.epoch, epoch);
  }

  function noteRegistration({ registered, chain }: Registration): void {
    if (registered <= line.registered) return;
    line.registered = registered;
    line.chain = chain;
  }

  function noteBulletin(bulletin: Bulletin): boolean {
    noteFront(bulletin);
    noteRegistration(bulletin);
    closed = bulletin.closed;
    speedPerSecond = bulletin.speedPerSecond;
    spread = bulletin.spread;
    demand = bulletin.demand;
    census = bulletin.census === '' ? everybody : readCensus(bulletin.census);
    if (document?.body === bulletin.document) return false;
    const { phase, limit, active } = JSON.parse(bulletin.document) as Room;
    line.slots = active;
    document = { body: bulletin.document, etag: etagOf(bulletin.document), phase, limit };
    return true;
  }

  const livingBetween = (from: number, to: number): number =>
    Math.max(0, Math.min(census.livingBefore(to) - census.livingBefore(from), to - from));

  const memory: RoomMemory = {
    id: setting.concertId,
    setting,
    isCurrent,
    get closed() {
      return closed;
    },
    get registered() {
      return line.registered;
    },
    drawnNumber(index) {
      const { setting: current } = memory;
      if (drawn.setting !== current)
        drawn = { setting: current, number: createDrawnNumbers(current) };
      return drawn.number(index);
    },
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
    get spread() {
      return spread;
    },
    get demand() {
      return demand;
    },
    get speedPerSecond() {
      return speedPerSecond;
    },
    ahead: (number) => livingBetween(Math.min(line.front + 1, number), number),
    ...list,
    noteFront,
    noteRegistration,
    noteBulletin,
    noteSnapshot(snapshot, gone) {
      noteFront(snapshot);
      noteRegistration(snapshot);
      for (const entry of snapshot.ended) list.noteEnded(entry);
      for (const number of gone) list.noteLeft(number);
      if (snapshot.document !== '') noteBulletin(JSON.parse(snapshot.document) as Bulletin);
    },
    forgetOld: (nowMs) => forget(nowMs, line.front),
  };
  return memory;
}
