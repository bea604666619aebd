import { randomUUID } from 'node:crypto';
import { getConcert } from '../../../shared/contracts/concerts.ts';
import { createPayments } from '../../../shared/contracts/payments.ts';
import { getPoint } from '../../../shared/contracts/points.ts';
import {
  cancelReservation,
  extendReservation,
  listReservations,
} from '../../../shared/contracts/reservations.ts';
import { ownMessages } from '../messages/own.ts';
import { type PageAnswer, type PageVisit, Refusal } from '../page.ts';
import { idOf, type PageBinder } from '../page-binder.ts';
import { roomPath } from '../room/join-room.ts';
import { awayFrom, leadsToRoom, wordsOf } from '../seats/seats-routes.ts';
import { CheckoutPage } from './checkout-page.tsx';
import { stayInside } from './stay-inside.ts';

/** More seats of one concert than an account may hold. */
const pageSize = 100;

interface Note {
  words: string;
  isBad: boolean;
}

async function checkout(visit: PageVisit, concertId: string, note?: Note): Promise<PageAnswer> {
  const t = visit.words(ownMessages);
  const nowMs = Date.now();
  const [{ concertName }, { items }, { point }] = await Promise.all([
    visit.call(getConcert, { params: { concertId } }),
    visit.call(listReservations, { query: { limit: pageSize } }),
    visit.call(getPoint),
  ]);
  const holds = items.filter(
    (one) =>
      one.concertId === concertId &&
      one.reservationStatus === 'HELD' &&
      Date.parse(one.reservationExpireDt) > nowMs,
  );
  const ends = holds.map(({ reservationExpireDt }) => Date.parse(reservationExpireDt));
  if (ends.length > 0) await stayInside(visit, concertId, Math.max(...ends));
  const { format } = visit;
  return {
    title: t('checkoutTitle'),
    scripts: ['countdown'],
    status: note?.isBad ? 409 : 200,
    body: CheckoutPage({
      ...{ t, format, concertId, concertName, holds, point, nowMs },
      newKey: randomUUID,
      ...(note ? { note } : {}),
    }),
  };
}

/** A form of this page: does it, and says on the same page what was refused. */
function bindForm(
  pages: PageBinder,
  name: string,
  run: (visit: PageVisit, concertId: string, form: URLSearchParams) => Promise<PageAnswer>,
): void {
  pages.post(
    `/c/:concertId/${name}`,
    async (visit) => {
      const concertId = idOf(visit, 'concertId');
      try {
        return await run(visit, concertId, await visit.form());
      } catch (thrown) {
        const isOurs = thrown instanceof Refusal && thrown.problem.status === 409;
        if (!isOurs || leadsToRoom(thrown)) return awayFrom(concertId, thrown);
        return checkout(visit, concertId, { words: wordsOf(visit, thrown), isBad: true });
      }
    },
    (visit) => `${roomPath(idOf(visit, 'concertId'))}/checkout`,
  );
}

const keyed = (form: URLSearchParams): { idempotencyKey?: string } => {
  const idempotencyKey = form.get('key');
  return idempotencyKey === null ? {} : { idempotencyKey };
};

/** Keeping seats and paying them. */
export function checkoutRoutes(pages: PageBinder): void {
  pages.get('/c/:concertId/checkout', (visit) => checkout(visit, idOf(visit, 'concertId')));

  bindForm(pages, 'pay', async (visit, concertId, form) => {
    const reservationIds = form.getAll('reservationId');
    const params = { concertId };
    await visit.call(createPayments, { params, body: { reservationIds }, ...keyed(form) });
    return { redirect: '/me/tickets?paid=1' };
  });

  bindForm(pages, 'extend', async (visit, concertId, form) => {
    for (const reservationId of form.getAll('reservationId').slice(0, pageSize))
      await visit.call(extendReservation, { params: { concertId, reservationId } });
    const words = visit.words(ownMessages)('extended');
    return checkout(visit, concertId, { words, isBad: false });
  });

  bindForm(pages, 'release', async (visit, concertId, form) => {
    const reservationId = form.get('reservationId') ?? '';
    await visit.call(cancelReservation, { params: { concertId, reservationId } });
    return { redirect: `${roomPath(concertId)}/checkout` };
  });
}
