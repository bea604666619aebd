import { getChallenge } from '../../../shared/contracts/challenges.ts';
import { lineMessages } from '../messages/line.ts';
import { idOf, loginUrl, type PageBinder } from '../page-binder.ts';
import { CheckPage } from './check-page.tsx';
import { roomPath } from './join-room.ts';

/** The toll before joining, where a room asks for one. */
export function checkRoutes(pages: PageBinder): void {
  pages.get('/c/:concertId/check', async (visit) => {
    const concertId = idOf(visit, 'concertId');
    if (!visit.user) return { redirect: loginUrl(visit) };
    const offer = await visit.call(getChallenge, { params: { concertId } });
    if (offer.kind === 'none') return { redirect: `${roomPath(concertId)}/room` };
    const t = visit.words(lineMessages);
    const isAgain = visit.url.searchParams.has('again');
    return {
      title: t('checkTitle'),
      scripts: ['check'],
      body: CheckPage({ t, concertId, offer, isAgain }),
    };
  });
}
