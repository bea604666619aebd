import { getConcert } from '../../../shared/contracts/concerts.ts';
import { getSaleRecord } from '../../../shared/contracts/record.ts';
import { recordMessages } from '../messages/record.ts';
import { idOf, type PageBinder } from '../page-binder.ts';
import { RecordView } from './record-view.tsx';

/** How a sale went; there while its operator shows it. */
export function recordRoutes(pages: PageBinder): void {
  pages.get('/c/:concertId/record', async (visit) => {
    const params = { concertId: idOf(visit, 'concertId') };
    const record = await visit.call(getSaleRecord, { params });
    const { concertName } = await visit.call(getConcert, { params });
    const r = visit.words(recordMessages);
    return {
      title: `${r('recordTitle')}: ${concertName}`,
      styles: ['record'],
      body: (
        <article class="stack">
          <a class="eyebrow" href={`/c/${params.concertId}`}>
            {concertName}
          </a>
          <h1>{r('recordTitle')}</h1>
          <p class="lead">{r('recordLead')}</p>
          <RecordView r={r} format={visit.format} record={record} />
          <p class="row">
            <a class="button quiet" href={`/queue/${params.concertId}/record`}>
              {r('raw')}
            </a>
            <a href={`/c/${params.concertId}`}>← {r('toConcert')}</a>
          </p>
        </article>
      ),
    };
  });
}
