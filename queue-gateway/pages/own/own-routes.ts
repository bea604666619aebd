import { randomUUID } from 'node:crypto';
import { listPayments, refundPayment } from '../../../shared/contracts/payments.ts';
import { chargePoint, getPoint, listPointHistory } from '../../../shared/contracts/points.ts';
import { listReservations } from '../../../shared/contracts/reservations.ts';
import { getTicket } from '../../../shared/contracts/tickets.ts';
import { ownMessages } from '../messages/own.ts';
import { type PageAnswer, type PageVisit, Refusal } from '../page.ts';
import { idOf, loginUrl, ownPath, type PageBinder } from '../page-binder.ts';
import { wordsOf } from '../seats/seats-routes.ts';
import { PaymentsPage } from './payments-page.tsx';
import { PointsPage } from './points-page.tsx';
import { TicketPage } from './ticket-page.tsx';
import { TicketsPage } from './tickets-page.tsx';

const pageSize = 50;

const paging = (visit: PageVisit) => {
  const cursor = visit.url.searchParams.get('cursor');
  return { query: { limit: pageSize, ...(cursor === null ? {} : { cursor }) } };
};

async function tickets(visit: PageVisit): Promise<PageAnswer> {
  const t = visit.words(ownMessages);
  const { items, nextCursor } = await visit.call(listReservations, paging(visit));
  const isPaid = visit.url.searchParams.has('paid');
  const { format } = visit;
  const body = TicketsPage({
    ...{ t, format, reservations: items, nextCursor, isPaid },
    nowMs: Date.now(),
  });
  return { title: t('ticketsTitle'), body };
}

async function points(visit: PageVisit, fault?: Refusal): Promise<PageAnswer> {
  const t = visit.words(ownMessages);
  const { point } = await visit.call(getPoint);
  const { items, nextCursor } = await visit.call(listPointHistory, paging(visit));
  const { format } = visit;
  const told = fault ? { fault: wordsOf(visit, fault) } : {};
  return {
    title: t('pointsTitle'),
    status: fault?.problem.status ?? 200,
    body: PointsPage({ t, format, point, items, nextCursor, key: randomUUID(), ...told }),
  };
}

async function payments(visit: PageVisit, fault?: Refusal): Promise<PageAnswer> {
  const t = visit.words(ownMessages);
  const { items, nextCursor } = await visit.call(listPayments, paging(visit));
  const { format } = visit;
  const told = fault ? { fault: wordsOf(visit, fault) } : {};
  return {
    title: t('paymentsTitle'),
    status: fault?.problem.status ?? 200,
    body: PaymentsPage({
      ...{ t, format, items, nextCursor, newKey: randomUUID, ...told },
      isDone: visit.url.searchParams.has('refunded'),
    }),
  };
}

const isShown = (thrown: unknown): thrown is Refusal =>
  thrown instanceof Refusal && [400, 409].includes(thrown.problem.status);

async function charge(visit: PageVisit): Promise<PageAnswer> {
  const form = await visit.form();
  const key = form.get('key');
  const amount = Number(form.get('amount'));
  try {
    const charged = await visit.call(chargePoint, {
      body: { amount },
      ...(key === null ? {} : { idempotencyKey: key }),
    });
    // A provider that wants to see the payer gets them; it is told where to come back to.
    if ('payUrl' in charged && charged.payUrl !== null) return { redirect: charged.payUrl };
    return { redirect: ownPath(form.get('to')) };
  } catch (thrown) {
    if (isShown(thrown)) return points(visit, thrown);
    throw thrown;
  }
}

/** What is one's own. Who is not logged in is asked to. */
export function ownRoutes(pages: PageBinder): void {
  const forUser = (page: (visit: PageVisit) => Promise<PageAnswer>) => (visit: PageVisit) =>
    visit.user ? page(visit) : { redirect: loginUrl(visit) };

  pages.get('/me', () => ({ redirect: '/me/tickets' }));
  pages.get('/me/tickets', forUser(tickets));
  pages.get(
    '/me/points',
    forUser((visit) => points(visit)),
  );
  pages.get(
    '/me/payments',
    forUser((visit) => payments(visit)),
  );
  pages.post('/me/points/charge', charge, () => '/me/points');

  pages.get(
    '/me/tickets/:reservationId',
    forUser(async (visit) => {
      const t = visit.words(ownMessages);
      const params = { reservationId: idOf(visit, 'reservationId') };
      const ticket = await visit.call(getTicket, { params });
      return { title: t('ticket'), body: TicketPage({ t, format: visit.format, ticket }) };
    }),
  );

  pages.post(
    '/me/payments/:paymentId/refund',
    async (visit) => {
      const key = (await visit.form()).get('key');
      const params = { paymentId: idOf(visit, 'paymentId') };
      try {
        await visit.call(refundPayment, {
          params,
          ...(key === null ? {} : { idempotencyKey: key }),
        });
        return { redirect: '/me/payments?refunded=1' };
      } catch (thrown) {
        if (isShown(thrown)) return payments(visit, thrown);
        throw thrown;
      }
    },
    () => '/me/payments',
  );
}
