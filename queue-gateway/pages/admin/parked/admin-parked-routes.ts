import { listParkedEvents, retryEvent } from '../../../../shared/contracts/events.ts';
import { adminMessages } from '../../messages/admin.ts';
import { adminParkedMessages } from '../../messages/admin-parked.ts';
import { type PageAnswer, type PageVisit, Refusal } from '../../page.ts';
import { idOf, type PageBinder } from '../../page-binder.ts';
import { bindAdminForm, doneIn, forAdmin, type Note } from '../admin-binder.ts';
import { ParkedPage } from './parked-page.tsx';

const pageSize = 50;
const doneWords = { deliver: 'delivers' } as const;

function doneNote(visit: PageVisit): Note | undefined {
  const what = doneIn(visit, doneWords);
  return what && { words: visit.words(adminParkedMessages)(doneWords[what]), isBad: false };
}

async function parked(visit: PageVisit, note?: Note): Promise<PageAnswer> {
  const cursor = visit.url.searchParams.get('cursor');
  const query = { limit: pageSize, ...(cursor === null ? {} : { cursor }) };
  const { items, nextCursor } = await visit.call(listParkedEvents, { query });
  const t = visit.words(adminMessages);
  const p = visit.words(adminParkedMessages);
  const body = ParkedPage({ t, p, format: visit.format, events: items, nextCursor, note });
  return { title: p('parked'), styles: ['admin'], body };
}

/** Events of the core that the line refused for good. */
export function adminParkedRoutes(pages: PageBinder): void {
  pages.get(
    '/admin/parked',
    forAdmin((visit) => parked(visit, doneNote(visit))),
  );
  bindAdminForm(pages, '/admin/parked/:eventId', {
    refused: parked,
    async run(visit) {
      try {
        await visit.call(retryEvent, { params: { eventId: idOf(visit, 'eventId') } });
      } catch (thrown) {
        // Somebody else was faster: it is on its way.
        if (!(thrown instanceof Refusal) || thrown.problem.status !== 404) throw thrown;
      }
      return { redirect: '/admin/parked?done=deliver' };
    },
  });
}
