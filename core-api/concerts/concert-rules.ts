import type { Concert } from '../../shared/contracts/concerts.ts';

/** What the state of a sale depends on; "over" and "early" by the database's clock. */
export interface SaleFacts {
  status: 'ACTIVE' | 'INACTIVE';
  /** Before `opensAt`. */
  isEarly: boolean;
  hasSchedules: boolean;
  /** Every date is past. */
  isOver: boolean;
  hasSeats: boolean;
  /** A seat that is neither sold nor held in time, on a date to come. */
  hasFreeSeat: boolean;
}

/** The first line that applies. A concert without dates or seats is not on sale yet. */
export function saleStateOf(facts: SaleFacts): Concert['saleState'] {
  if (facts.status === 'INACTIVE') return 'CLOSED';
  if (facts.hasSchedules && facts.isOver) return 'CLOSED';
  if (facts.isEarly || !facts.hasSchedules || !facts.hasSeats) return 'SCHEDULED';
  return facts.hasFreeSeat ? 'ON_SALE' : 'SOLD_OUT';
}
