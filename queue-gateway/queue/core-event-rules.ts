import type { CoreEvent } from '../../shared/contracts/internal.ts';
import type { CoreChange } from './queue-types.ts';

/**
 * What an event of the core means to the entry that made the call; `undefined` when it concerns
 * no entry.
 */
export function toChange(event: CoreEvent): CoreChange | undefined {
  if (event.type === 'concert.sold-out' || event.type === 'schedule.cancelled') return undefined;
  if (event.type === 'payment.refunded' || event.entryId === null) return undefined;
  const base = {
    eventId: event.eventId,
    number: Number(event.entryId),
    userId: event.userId,
    seats: event.reservationIds.length,
  };
  switch (event.type) {
    case 'reservation.held':
      return { ...base, what: 'held', value: Date.parse(event.holdUntil) };
    case 'payment.completed':
      return { ...base, what: 'paid', value: event.holdsLeft };
    case 'reservation.cancelled':
    case 'reservation.expired':
      return { ...base, what: 'released', value: event.holdsLeft };
  }
}

/** Events after which the seats are asked for at once, not at the next round. */
export const changesSeats = ({ type }: CoreEvent): boolean => type !== 'reservation.held';
