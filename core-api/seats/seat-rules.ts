import { type FieldError, Problem } from '../../shared/problems.ts';

export interface NewSeat {
  seatNum: number;
  price: number;
  block?: string | undefined;
}

const maxErrors = 20;

/** Where a seat stands in what the caller sent: `body.seats.17.seatNum`, or a line of a file. */
export type PathOf = (row: number) => string;

/**
 * Numbers that stand twice in one list.
 * @throws Problem `invalid-request` naming the later rows.
 */
export function refuseRepeatedNumbers(seats: readonly NewSeat[], pathOf: PathOf): void {
  const seen = new Set<number>();
  const errors: FieldError[] = [];
  for (const [row, { seatNum }] of seats.entries()) {
    if (seen.has(seatNum)) {
      errors.push({ path: pathOf(row), message: 'stands in the list twice' });
    }
    seen.add(seatNum);
  }
  if (errors.length > 0)
    throw new Problem('invalid-request', { errors: errors.slice(0, maxErrors) });
}

export interface Existing {
  /** Of the schedule, whatever their state. */
  seatNums: readonly number[];
  totalSeat: number;
}

/**
 * @throws Problem `seat-number-taken` with the numbers, or `invalid-request` when the schedule
 *   would have more seats than its total.
 */
export function refuseClash(seats: readonly NewSeat[], { seatNums, totalSeat }: Existing): void {
  const there = new Set(seatNums);
  const taken = seats.map(({ seatNum }) => seatNum).filter((seatNum) => there.has(seatNum));
  if (taken.length > 0) throw new Problem('seat-number-taken', { extra: { seatNums: taken } });
  const free = totalSeat - seatNums.length;
  if (seats.length <= free) return;
  const message = `must have at most ${free} seats, so that the date has no more than its total`;
  throw new Problem('invalid-request', { errors: [{ path: 'body', message }] });
}
