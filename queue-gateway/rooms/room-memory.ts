import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { AdmissionLimit, EndReason, Phase, Room } from '../../shared/contracts/queue.ts';
import type { Demand } from '../queue/odds-rules.ts';
import { createNumbersOfRoom } from '../queue/drawn-numbers.ts';
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
  /** READY and ACTIVE. */
  active: number;
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
  readonly demand?: Demand | undefined;
  /** Who takes part in the draw, from the opening on. */
  readonly closed?: ClosedRegistration | undefined;
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
  /** Numbers were passed over, from behind this one on. */
  noteGap(from: number): void;
  noteRegistration(registration: Registration): void;
  noteEnded(entry: EndedEntry): void;
  noteLeft(number: number): void;
  /** True when the document is another one than before. */
  noteBulletin(bulletin: Bulletin): boolean;
  noteSnapshot(snapshot: RoomSnapshot, gone: readonly number[]): void;
  /** Drops what nobody can ask about any more. */
  forgetOld(nowMs: number): void;
}

/** So many of those who ended last a Redis that lost its memory is told. */
const endedTold = 5_000;

/** Those whose tokens are over though their time is not. */
function createEndedList() {
  const ended = new Map<number, EndedEntry>();
  const left = new Set<number>();
  const quit = new Set<number>();
  return {
    hasQuit: (index: number): boolean => quit.has(index),
    noteQuit: (index: number): void => void quit.add(index),
    endedReason: (number: number): EndReason | undefined => ended.get(number)?.reason,
    lastEnded: (): EndedEntry[] => [...ended.values()].slice(-endedTold),
    hasLeft: (number: number): boolean => left.has(number),
    noteEnded: (entry: EndedEntry): void => void ended.set(entry.number, entry),
    noteLeft: (number: number): void => void left.add(number),
    forget(nowMs: number, front: number): void {
      for (const [number, { untilMs }] of ended) if (untilMs <= nowMs) ended.delete(number);
      for (const number of left) if (number <= front) left.delete(number);
    },
  };
}

/** Of the numbers that were passed over at losses; Redis takes those that the front has not passed. */
const gapsKept = 40;

/** How far the line is, as the highest of all that was heard; `slots` as they were last. */
function createLineMemory() {
  const line: KnownLine & Registration & { gaps: number[] } = {
    front: 0,
    tail: 0,
    epoch: 0,
    slots: 0,
    gaps: [],
    registered: 0,
    chain: '',
  };
  return {
    line,
    noteFront({ front, tail, epoch = 0 }: FrontLine): void {
      line.front = Math.max(line.front, front);
      line.tail = Math.max(line.tail, tail);
      line.epoch = Math.max(line.epoch, epoch);
    },
    noteGap(from: number): void {
      if (line.gaps.includes(from)) return;
      line.gaps = [...line.gaps, from].slice(-gapsKept);
    },
    noteRegistration({ registered, chain }: Registration): void {
      if (!(registered > line.registered)) return;
      line.registered = registered;
      line.chain = chain;
    },
  };
}

type LineMemory = ReturnType<typeof createLineMemory>;

type Told = Pick<RoomMemory, 'document' | 'speedPerSecond' | 'spread' | 'demand' | 'closed'>;

function toServed(body: string): ServedDocument {
  const { phase, limit, active } = JSON.parse(body) as Room;
  return { body, etag: etagOf(body), phase, limit, active };
}

const nothingTold: Told = { document: undefined, speedPerSecond: null, spread: 0 };

/** What the leader said last, and the living of its census. */
function createToldMemory({ line, noteFront, noteRegistration }: LineMemory) {
  let told = nothingTold;
  let census: Census = everybody;

  const livingBetween = (from: number, to: number): number =>
    Math.max(0, Math.min(census.livingBefore(to) - census.livingBefore(from), to - from));

  return {
    told: () => told,
    ahead: (number: number): number => livingBetween(Math.min(line.front + 1, number), number),
    noteBulletin(bulletin: Bulletin): boolean {
      noteFront(bulletin);
      noteRegistration(bulletin);
      census = bulletin.census === '' ? everybody : readCensus(bulletin.census);
      const { document: before } = told;
      const { closed, speedPerSecond, spread = 0, demand, kept = 0 } = bulletin;
      const { document: body } = bulletin;
      const isNew = before?.body !== body;
      const document = isNew ? toServed(body) : before;
      told = { document, closed, speedPerSecond, spread, demand };
      line.slots = (document?.active ?? 0) + kept;
      return isNew;
    },
  };
}

export function createRoomMemory(options: {
  setting: RoomSetting;
  isCurrent: () => boolean;
}): RoomMemory {
  const { setting, isCurrent } = options;
  const { forget, lastEnded, ...list } = createEndedList();
  const lineMemory = createLineMemory();
  const { line, ...lineNotes } = lineMemory;
  const { told, ahead, noteBulletin } = createToldMemory(lineMemory);
  const numberOf = createNumbersOfRoom();

  return {
    id: setting.concertId,
    setting,
    isCurrent,
    known: () => ({ ...line, ended: lastEnded() }),
    get epoch() {
      return line.epoch;
    },
    get front() {
      return line.front;
    },
    get tail() {
      return line.tail;
    },
    get registered() {
      return line.registered;
    },
    get document() {
      return told().document;
    },
    get speedPerSecond() {
      return told().speedPerSecond;
    },
    get spread() {
      return told().spread;
    },
    get demand() {
      return told().demand;
    },
    get closed() {
      return told().closed;
    },
    drawnNumber(index) {
      return numberOf(this.setting, index);
    },
    ahead,
    ...list,
    ...lineNotes,
    noteBulletin,
    noteSnapshot(snapshot, gone) {
      lineNotes.noteFront(snapshot);
      for (const from of snapshot.gaps) lineNotes.noteGap(from);
      lineNotes.noteRegistration(snapshot);
      for (const entry of snapshot.ended) list.noteEnded(entry);
      for (const number of gone) list.noteLeft(number);
      if (snapshot.document !== '') noteBulletin(JSON.parse(snapshot.document) as Bulletin);
    },
    forgetOld: (nowMs) => forget(nowMs, line.front),
  };
}
