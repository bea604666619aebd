import { Problem } from '../../shared/problems.ts';

/** The best ones that are free, none of them dearer than `maxPrice`. */
export interface AnySeats {
  quantity: number;
  maxPrice?: number | undefined;
}

/** What an account wants to hold. */
export interface HoldWish {
  userId: string;
  concertId: string;
  scheduleId: string;
  /** By id, or any so many. */
  seats: { ids: readonly string[] } | AnySeats;
}

export const countOf = ({ seats }: HoldWish): number =>
  'ids' in seats ? seats.ids.length : seats.quantity;

/** A date of a concert as a hold finds it. */
export interface Sale {
  /** Schedule and concert are offered, and the date lies ahead. */
  isOpen: boolean;
  seatsPerUser: number;
  /** Seats of this concert that the account has: held in time, or bought. */
  seatsOfUser: number;
}

/** A seat that was asked for and belongs to the date. */
export interface WishedSeat {
  seatId: string;
  /** Nobody has it, or the hold on it is overdue. */
  isFree: boolean;
}

export const seatTaken = (seatIds: readonly string[]): Problem =>
  new Problem('seat-taken', { extra: { seatIds } });

/**
 * The order in which refusals of a hold are told: no such date, date closed, no such seat, more
 * seats than allowed, seat taken. `seats` is left out where the seats are not known yet.
 * @throws Problem `not-found`, `schedule-closed`, `seat-limit-exceeded`, `seat-taken`.
 */
export function checkHold(
  wish: HoldWish,
  sale: Sale | undefined,
  seats?: readonly WishedSeat[],
): asserts sale is Sale {
  if (!sale) throw new Problem('not-found', { detail: 'This concert has no such date' });
  if (!sale.isOpen) throw new Problem('schedule-closed');
  if (seats && 'ids' in wish.seats) checkFound(wish.seats.ids, seats);
  const seatsLeft = sale.seatsPerUser - sale.seatsOfUser;
  if (countOf(wish) > seatsLeft) {
    const detail = `An account may have ${sale.seatsPerUser} seats of this concert`;
    throw new Problem('seat-limit-exceeded', { detail });
  }
  const taken = (seats ?? []).filter(({ isFree }) => !isFree).map(({ seatId }) => seatId);
  if (taken.length > 0) throw seatTaken(taken);
}

function checkFound(ids: readonly string[], seats: readonly WishedSeat[]): void {
  const found = new Set(seats.map(({ seatId }) => seatId));
  const missing = ids.filter((seatId) => !found.has(seatId));
  if (missing.length === 0) return;
  const detail = 'This date has no such seats';
  throw new Problem('not-found', { detail, extra: { seatIds: missing } });
}

/** A reservation as its holder wants to end it or pay it. */
export interface OwnReservation {
  reservationId: string;
  seatId: string;
  status: 'HELD' | 'CONFIRMED' | 'EXPIRED' | 'CANCELLED';
  isOverdue: boolean;
}

/**
 * Whether a hold can be extended.
 * @throws Problem `not-found`, `already-paid`, `hold-expired`.
 */
export function checkExtend(own: OwnReservation | undefined): asserts own is OwnReservation {
  if (checkRelease(own) === 'released') throw new Problem('hold-expired');
}

/**
 * Whether a hold can be given back. A second time is no fault (RFC 9110 §9.2.2: DELETE is
 * idempotent): the answer to the first may have been lost.
 * @throws Problem `not-found`, `already-paid`, `hold-expired`.
 */
export function checkRelease(own: OwnReservation | undefined): 'release' | 'released' {
  if (!own) throw new Problem('not-found');
  switch (own.status) {
    case 'CANCELLED':
      return 'released';
    case 'CONFIRMED':
      throw new Problem('already-paid');
    case 'EXPIRED':
      throw new Problem('hold-expired');
    case 'HELD':
      if (own.isOverdue) throw new Problem('hold-expired');
      return 'release';
  }
}
