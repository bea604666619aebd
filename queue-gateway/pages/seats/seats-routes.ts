import { getConcert, listSchedules } from '../../../shared/contracts/concerts.ts';
import { createReservations } from '../../../shared/contracts/reservations.ts';
import { isKnownProblem, problemMessages } from '../messages/problems.ts';
import { seatMessages } from '../messages/seats.ts';
import { type PageAnswer, type PageVisit, Refusal } from '../page.ts';
import { idOf, loginUrl, type PageBinder } from '../page-binder.ts';
import { roomPath } from '../room/join-room.ts';
import { PlainSeats, SeatsPage } from './seats-page.tsx';

/** Who is not inside (any more) belongs in the waiting room. */
export const leadsToRoom = ({ problem }: Refusal): boolean =>
  problem.code.startsWith('queue-token') || problem.code === 'turn-missed';

/** Sends those away who are not inside; what else went wrong is thrown on. */
export function awayFrom(concertId: string, thrown: unknown): PageAnswer {
  if (!(thrown instanceof Refusal)) throw thrown;
  if (thrown.problem.code.startsWith('access-token')) {
    const to = `${roomPath(concertId)}/seats`;
    return { redirect: `/login?to=${encodeURIComponent(to)}` };
  }
  if (leadsToRoom(thrown)) return { redirect: `${roomPath(concertId)}/room` };
  throw thrown;
}

export function wordsOf(visit: PageVisit, { problem }: Refusal): string {
  const t = visit.words(problemMessages);
  return isKnownProblem(problem.code) ? t(problem.code) : problem.title;
}

async function plainPage(
  visit: PageVisit,
  concertId: string,
  fault?: Refusal,
): Promise<PageAnswer> {
  const t = visit.words(seatMessages);
  const params = { concertId };
  const concert = await visit.call(getConcert, { params });
  const { items: schedules } = await visit.call(listSchedules, { params });
  const { format } = visit;
  const told = fault ? { fault: wordsOf(visit, fault) } : {};
  return {
    title: t('bestTitle'),
    status: fault?.problem.status ?? 200,
    body: PlainSeats({ t, format, concert, schedules, ...told }),
  };
}

/** Choosing seats. */
export function seatsRoutes(pages: PageBinder): void {
  pages.shell('/c/:concertId/seats', async (visit) => {
    const concertId = idOf(visit, 'concertId');
    const t = visit.words(seatMessages);
    const concert = await visit.call(getConcert, { params: { concertId } });
    return {
      title: t('seatsTitle'),
      scripts: ['seats'],
      plainUrl: `${roomPath(concertId)}/seats/plain`,
      data: { language: visit.language, words: seatMessages[visit.language], concert },
      body: SeatsPage({ t, concert }),
    };
  });

  pages.get('/c/:concertId/seats/plain', async (visit) => {
    const concertId = idOf(visit, 'concertId');
    try {
      return await plainPage(visit, concertId);
    } catch (thrown) {
      return awayFrom(concertId, thrown);
    }
  });

  pages.post(
    '/c/:concertId/hold',
    async (visit) => {
      const concertId = idOf(visit, 'concertId');
      if (!visit.user) return { redirect: loginUrl(visit) };
      const form = await visit.form();
      const maxPrice = Number(form.get('maxPrice') || Number.NaN);
      const body = {
        scheduleId: form.get('scheduleId') ?? '',
        quantity: Number(form.get('quantity')),
        ...(Number.isNaN(maxPrice) ? {} : { maxPrice }),
      };
      try {
        await visit.call(createReservations, { params: { concertId }, body });
        return { redirect: `${roomPath(concertId)}/checkout` };
      } catch (thrown) {
        if (thrown instanceof Refusal && !leadsToRoom(thrown) && thrown.problem.status < 500)
          return plainPage(visit, concertId, thrown);
        return awayFrom(concertId, thrown);
      }
    },
    (visit) => `${roomPath(idOf(visit, 'concertId'))}/seats`,
  );
}
