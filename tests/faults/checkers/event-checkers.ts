import type { Checker, Finding } from '../history.ts';

interface Told {
  reservationIds?: string[];
  paymentIds?: string[];
}

/** What happened and what is told of it are one commit: neither is there without the other. */
export const everySaleIsTold: Checker = ({ facts }) => {
  const told = new Set<string>();
  for (const { type, payload } of facts.events) {
    const { reservationIds = [], paymentIds = [] } = JSON.parse(payload) as Told;
    for (const id of type === 'reservation.held' ? reservationIds : paymentIds) {
      told.add(`${type} ${id}`);
    }
  }
  const untold = (type: string, ids: string[]): Finding[] =>
    ids.filter((id) => !told.has(`${type} ${id}`)).map((id) => `${type} ${id}: nobody was told`);
  const refunded = facts.payments.filter(({ paymentStatus }) => paymentStatus === 'REFUNDED');
  return [
    ...untold(
      'reservation.held',
      facts.reservations.map(({ reservationId }) => reservationId),
    ),
    ...untold(
      'payment.completed',
      facts.payments.map(({ paymentId }) => paymentId),
    ),
    ...untold(
      'payment.refunded',
      refunded.map(({ paymentId }) => paymentId),
    ),
  ];
};
