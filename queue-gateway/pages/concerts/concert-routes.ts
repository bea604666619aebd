import { type Concert, getConcert, listConcerts } from '../../../shared/contracts/concerts.ts';
import { getSaleRecord } from '../../../shared/contracts/record.ts';
import { concertMessages } from '../messages/concerts.ts';
import type { PageVisit } from '../page.ts';
import { idOf, type PageBinder } from '../page-binder.ts';
import { ConcertPage } from './concert-page.tsx';
import { ConcertList } from './concert-list.tsx';

const pageSize = 50;

/** Whether its operator shows how the sale went; asked only when there is nothing to buy any more. */
async function hasRecord(visit: PageVisit, { concertId, saleState }: Concert): Promise<boolean> {
  if (saleState !== 'SOLD_OUT' && saleState !== 'CLOSED') return false;
  return visit.call(getSaleRecord, { params: { concertId } }).then(
    () => true,
    () => false,
  );
}

/** What is on, and one concert. */
export function concertRoutes(pages: PageBinder): void {
  pages.get('/', async (visit) => {
    const t = visit.words(concertMessages);
    const cursor = visit.url.searchParams.get('cursor') ?? undefined;
    const { items, nextCursor } = await visit.call(listConcerts, {
      query: { limit: pageSize, ...(cursor === undefined ? {} : { cursor }) },
    });
    const body = ConcertList({ t, format: visit.format, concerts: items, nextCursor });
    return { title: t('listTitle'), body };
  });

  pages.get('/c/:concertId', async (visit) => {
    const t = visit.words(concertMessages);
    const params = { concertId: idOf(visit, 'concertId') };
    const concert = await visit.call(getConcert, { params });
    return {
      title: concert.concertName,
      scripts: ['countdown'],
      body: ConcertPage({
        t,
        format: visit.format,
        concert,
        hasPlace: visit.queueToken !== undefined,
        hasRecord: await hasRecord(visit, concert),
      }),
    };
  });
}
