import { Problem } from '../../shared/problems.ts';
import { createFlights } from '../db/flights.ts';
import { createKept } from '../db/kept.ts';
import { type Document, toDocument } from '../http/document.ts';
import type { ScheduleIds } from '../schedules/schedule-repository.ts';
import {
  changesBetween,
  layoutJson,
  listJson,
  type SeatSnapshot,
  stateJson,
  toSnapshot,
} from './seat-map-rules.ts';
import type { SeatRepository } from './seat-repository.ts';

/** The seats of a date in three ways. All throw Problem `not-found`. */
export interface SeatMapService {
  /** As the contract has them, as fresh as the question. */
  list(ids: ScheduleIds): Promise<Document>;
  /** What is fixed; `layoutVersion` says which one was read. */
  layout(ids: ScheduleIds): Promise<{ document: Document; layoutVersion: number }>;
  /** One character per seat, or what changed since a version; at most half a second old. */
  state(ids: ScheduleIds, since: string | undefined): Promise<Document>;
  /** After an owner's change: no state from before it is told any more. */
  forget(): void;
}

export interface SeatMapServiceDeps {
  seats: SeatRepository;
  /** Monotonic, in ms. */
  now: () => number;
}

/** Dates whose maps are kept, and states of each to tell changes from. */
const mapsMax = 100;
const recentMax = 32;

interface SeatMap {
  current: { snapshot: SeatSnapshot; document: Document };
  /** By version, the oldest first. */
  recent: Map<string, SeatSnapshot>;
  /** Answers to `since`, for the current state. */
  changes: Map<string, Document>;
}

const keyOf = ({ concertId, scheduleId }: ScheduleIds): string =>
  JSON.stringify({ concertId, scheduleId });
const idsOf = (key: string): ScheduleIds => JSON.parse(key) as ScheduleIds;

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Problem('not-found');
  return value;
}

export function createSeatMapService({ seats, now }: SeatMapServiceDeps): SeatMapService {
  const lists = createFlights(async (key) => {
    const rows = await seats.list(idsOf(key));
    return rows && toDocument(listJson(rows));
  });
  const layouts = createFlights(async (key) => {
    const layout = await seats.layout(idsOf(key));
    if (!layout) return undefined;
    const { version: layoutVersion } = layout;
    return { document: toDocument(layoutJson(layoutVersion, layout.seats)), layoutVersion };
  });
  const states = createKept<SeatMap>({
    load: async (key, before) => {
      const row = await seats.state(idsOf(key));
      return row && keep(before, toSnapshot(row));
    },
    now,
    keysMax: mapsMax,
  });

  return {
    list: async (ids) => found(await lists(keyOf(ids))),
    layout: async (ids) => found(await layouts(keyOf(ids))),
    state: async (ids, since) => {
      const map = found(await states.get(keyOf(ids)));
      return since === undefined ? map.current.document : changesOf(map, since);
    },
    forget: states.forget,
  };
}

/** The map with a newer state; the very same contents when nothing has changed. */
function keep(before: SeatMap | undefined, snapshot: SeatSnapshot): SeatMap {
  if (before?.current.snapshot.version === snapshot.version) return before;
  const recent = new Map(before?.recent).set(snapshot.version, snapshot);
  for (const version of recent.keys()) {
    if (recent.size <= recentMax) break;
    recent.delete(version);
  }
  const current = { snapshot, document: toDocument(stateJson(snapshot)) };
  return { current, recent, changes: new Map() };
}

/** What changed since a version, or the whole state when that version is not known any more. */
function changesOf({ current, recent, changes }: SeatMap, since: string): Document {
  const made = changes.get(since);
  if (made) return made;
  const from = recent.get(since);
  const list = from && changesBetween(from, current.snapshot);
  if (!list) return current.document;
  const { version, layoutVersion } = current.snapshot;
  const json = JSON.stringify({ version, layoutVersion, since, changes: list });
  const document = toDocument(json);
  changes.set(since, document);
  return document;
}
