import type { Schedule } from '../../shared/contracts/concerts.ts';
import type { Inventory } from '../../shared/contracts/internal.ts';

/** A date with its seats by state. */
export interface ScheduleCounts {
  concertScheduleId: number;
  concertDt: Date;
  totalSeat: number;
  status: 'ACTIVE' | 'INACTIVE';
  /** 1: date and concert are ACTIVE, and the date is to come. */
  isOpen: number;
  /** Seats, sold ones, and those held in time. */
  total: number;
  sold: number;
  held: number;
}

export interface ConcertCounts {
  concertStatus: 'ACTIVE' | 'INACTIVE';
  schedules: ScheduleCounts[];
}

const seatsLeftOf = ({ total, sold, held }: ScheduleCounts): number => total - sold - held;

/** Seats that somebody could hold now. */
export const sellableOf = (counts: ScheduleCounts): number =>
  counts.isOpen === 1 ? seatsLeftOf(counts) : 0;

export const toSchedule = (counts: ScheduleCounts): Schedule => ({
  concertScheduleId: String(counts.concertScheduleId),
  concertDt: counts.concertDt.toISOString(),
  totalSeat: counts.totalSeat,
  seatsLeft: seatsLeftOf(counts),
});

/** Over the dates that are on sale: what is past or withdrawn neither has seats nor lacks them. */
export function toInventory(concertId: string, schedules: ScheduleCounts[]): Inventory {
  const open = schedules.filter(({ isOpen }) => isOpen === 1);
  const sum = (valueOf: (counts: ScheduleCounts) => number): number =>
    open.reduce((total, counts) => total + valueOf(counts), 0);
  return {
    concertId,
    total: sum(({ total }) => total),
    held: sum(({ held }) => held),
    sold: sum(({ sold }) => sold),
    sellable: sum(seatsLeftOf),
  };
}
