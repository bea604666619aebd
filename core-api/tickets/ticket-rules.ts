import { Problem } from '../../shared/problems.ts';

/** A reservation as a ticket needs it. */
export interface Admissible {
  concertId: string;
  scheduleId: string;
  status: 'HELD' | 'CONFIRMED' | 'EXPIRED' | 'CANCELLED';
  /** The date was called off. */
  isCancelled: boolean;
  checkedInAt: Date | null;
}

/** The door where a ticket is shown; what it does not name it does not care for. */
export interface Door {
  concertId?: string | undefined;
  scheduleId?: string | undefined;
}

/** @throws Problem `not-found`, `schedule-cancelled`, `ticket-unavailable`, in this order. */
export function checkTicket(found: Admissible | undefined): asserts found is Admissible {
  if (!found) throw new Problem('not-found');
  if (found.isCancelled) throw new Problem('schedule-cancelled');
  if (found.status !== 'CONFIRMED') throw new Problem('ticket-unavailable');
}

export const alreadyCheckedIn = (checkedInAt: Date): Problem =>
  new Problem('already-checked-in', { extra: { checkedInAt: checkedInAt.toISOString() } });

/**
 * Whether the holder of a genuine ticket may come in.
 * @throws Problem `ticket-invalid`, `ticket-wrong-concert`, `schedule-cancelled`,
 *   `ticket-refunded`, `already-checked-in`, in this order.
 */
export function checkAdmission(
  found: Admissible | undefined,
  door: Door,
): asserts found is Admissible {
  if (!found) throw new Problem('ticket-invalid');
  const isHere =
    (door.concertId ?? found.concertId) === found.concertId &&
    (door.scheduleId ?? found.scheduleId) === found.scheduleId;
  if (!isHere) {
    const { concertId, scheduleId } = found;
    throw new Problem('ticket-wrong-concert', { extra: { concertId, scheduleId } });
  }
  if (found.isCancelled) throw new Problem('schedule-cancelled');
  if (found.status !== 'CONFIRMED') throw new Problem('ticket-refunded');
  if (found.checkedInAt) throw alreadyCheckedIn(found.checkedInAt);
}
