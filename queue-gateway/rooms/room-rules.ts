import { createHash } from 'node:crypto';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { Inventory } from '../../shared/contracts/internal.ts';
import type { Phase, Room } from '../../shared/contracts/queue.ts';
import type { Demand } from '../queue/odds-rules.ts';
import { joinsAtMs, opensAtMs } from '../queue/queue-rules.ts';
import type { ClosedRegistration, Registration, RoomReading } from '../queue/queue-types.ts';

/** How often to ask; the longest poll with its jitter is shorter than a window of life. */
export const pollPolicy = { minMs: 3_000, maxMs: 30_000, waitShare: 0.5, jitter: 0.3 } as const;

/** What the leader tells all gateways of a room. `document` is served as it is, byte for byte. */
export interface Bulletin extends Registration {
  document: string;
  epoch: number;
  front: number;
  tail: number;
  /** Living people admitted per second, measured; `null` while nothing is known or nobody is let in. */
  speedPerSecond: number | null;
  /** Variance of the people of a second. */
  spread?: number;
  /** What is left and what people buy; absent until that was measured. */
  demand?: Demand | undefined;
  census: string;
  /** `RoomReading.kept`, when there are some. */
  kept?: number;
  /** Who takes part in the draw, from the opening on. */
  closed?: ClosedRegistration | undefined;
}

/** What is left, and what those who come buy of it; two digits, or it would be news at every tick. */
export function toDemand({ sellable, slots, holding, habits }: RoomReading): Demand | undefined {
  if (sellable === null || !habits) return undefined;
  const { noShow, conversion, seatsPerVisit } = habits;
  const share = (value: number): number => Number(value.toFixed(2));
  const seatsPerOrder = conversion === 0 ? 0 : share(seatsPerVisit / conversion);
  const undecided = Math.max(0, slots - holding);
  return {
    sellable,
    undecided,
    noShow: share(noShow),
    conversion: share(conversion),
    seatsPerOrder,
  };
}

export interface Seats {
  /** Seats that can be sold now; `null` while nothing is known, or nothing is on offer yet. */
  sellable: number | null;
  soldOut: boolean;
}

/** A concert without a seat yet limits nobody; with all seats held or sold nobody is admitted. */
export function toSeats({ total, held, sellable }: Inventory): Seats {
  if (total === 0) return { sellable: null, soldOut: false };
  return { sellable, soldOut: sellable === 0 && held === 0 };
}

export function phaseOf(setting: RoomSetting, seats: Seats, nowMs: number): Phase {
  if (!setting.concertActive) return 'CLOSED';
  if (setting.control !== 'OPEN') return setting.control;
  if (nowMs < joinsAtMs(setting)) return 'BEFORE_OPEN';
  if (nowMs < opensAtMs(setting)) return 'PRE_QUEUE';
  if (seats.soldOut) return 'SOLD_OUT';
  return seats.sellable === 0 ? 'SOLD_OUT_LIKELY' : 'OPEN';
}

export interface Pace {
  admittedPerMinute: number;
  speedPerSecond: number | null;
  /** Variance of the people of a second. */
  spread: number;
}

export function toDocument(setting: RoomSetting, reading: RoomReading, pace: Pace): Room {
  return {
    concertId: setting.concertId,
    phase: phaseOf(setting, reading, reading.nowMs),
    front: reading.front,
    tail: reading.tail,
    waiting: reading.living,
    active: reading.slots,
    admittedPerMinute: pace.admittedPerMinute,
    seatsLeft: reading.sellable,
    limit: reading.limit,
    opensAt: setting.opensAt,
    message: setting.message,
    claimSeconds: setting.claimSeconds,
    graceSeconds: setting.graceSeconds,
    poll: pollPolicy,
  };
}

/** Strong validator of RFC 9110 §8.8.3: the same bytes, the same tag. */
export const etagOf = (body: string): string =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;

/** RFC 9110 §13.1.2; a tag marked weak by a proxy still means these bytes. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
