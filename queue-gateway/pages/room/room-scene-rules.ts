import type { EndReason, Entry, Room } from '../../../shared/contracts/queue.ts';

/** All that the waiting room shows comes from this: on the server, and again in the browser. */
export interface RoomState {
  concertId: string;
  concertName: string;
  /** The room document; null while nothing is known. */
  room: Room | null;
  /** The visitor's own place; null without one. */
  entry: Entry | null;
  /** Why the place is over. */
  ended: EndReason | null;
  /** Position when it was first seen, so that progress can be shown. */
  firstPosition: number | null;
  /** By the server's clock, Unix ms. */
  nowMs: number;
}

export const isKnown = <T>(value: T | null | undefined): value is T =>
  value !== null && value !== undefined;

export type Scene =
  | 'loading'
  | 'before'
  | 'joinable'
  | 'closed'
  | 'sold-out'
  | 'registered'
  | 'waiting'
  | 'ready'
  | 'inside'
  | 'ended';

function sceneWithout({ room }: RoomState): Scene {
  if (room === null) return 'loading';
  if (room.phase === 'BEFORE_OPEN') return 'before';
  if (room.phase === 'CLOSED' || room.phase === 'DRAINING') return 'closed';
  return room.phase === 'SOLD_OUT' ? 'sold-out' : 'joinable';
}

const sceneByStatus = {
  REGISTERED: 'registered',
  WAITING: 'waiting',
  READY: 'ready',
  ACTIVE: 'inside',
} as const satisfies Record<Entry['status'], Scene>;

export function sceneOf(state: RoomState): Scene {
  if (state.entry) return sceneByStatus[state.entry.status];
  if (state.ended === 'sold-out') return 'sold-out';
  return state.ended === null || state.ended === 'left' ? sceneWithout(state) : 'ended';
}

/** The place as of the newest front: between two answers only the front moves, and only on. */
export function placeNow({ entry, room }: RoomState): { position: number; ahead: number } | null {
  if (entry === null || !isKnown(entry.position) || !isKnown(entry.queueId)) return null;
  const position =
    room === null
      ? entry.position
      : Math.max(0, Math.min(entry.position, Number(entry.queueId) - room.front));
  return { position, ahead: Math.max(0, Math.min(entry.ahead ?? position, position)) };
}

/** 0 … 1, and never less than before: the position only falls. */
export function progressOf(state: RoomState): number {
  const place = placeNow(state);
  if (place === null || state.firstPosition === null || state.firstPosition <= 0) return 0;
  return Math.min(1, Math.max(0, 1 - place.position / state.firstPosition));
}

/** Seconds left to take the turn. */
export const secondsLeft = (iso: string, nowMs: number): number =>
  Math.max(0, Math.ceil((Date.parse(iso) - nowMs) / 1_000));

/** From here on the countdown warns; WCAG 2.2 §2.2.1 asks for twenty seconds at least. */
export const warnSeconds = 20;

/** The turn is there, and little time is left to take it. */
export const isLate = (state: RoomState): boolean =>
  sceneOf(state) === 'ready' &&
  secondsLeft(state.entry?.expiresAt ?? '', state.nowMs) <= warnSeconds;

/** The turn has passed, and may be taken in the lane of those who return. */
export const isReturning = ({ entry }: RoomState): boolean =>
  entry?.status === 'WAITING' && entry.position === 0;

/**
 * What somebody who listens should hear of: a change of scene, of the room's phase or of its
 * message, little time left or more of it, and a place that is half of what was said last. Numbers that only tick are silence.
 */
export function isWorthSaying(before: RoomState, after: RoomState, saidAhead: number): boolean {
  if (sceneOf(before) !== sceneOf(after)) return true;
  if (isLate(before) !== isLate(after)) return true;
  if (before.room?.phase !== after.room?.phase) return true;
  if (before.room?.message !== after.room?.message) return true;
  const place = placeNow(after);
  return place !== null && saidAhead > 0 && place.ahead <= saidAhead / 2;
}
