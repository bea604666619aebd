import { getConcert } from '../../../shared/contracts/concerts.ts';
import { type Draw, getDraw } from '../../../shared/contracts/queue.ts';
import { Problem } from '../../../shared/problems.ts';
import { lineMessages } from '../messages/line.ts';
import { type PageVisit, Refusal } from '../page.ts';
import { idOf, type PageBinder } from '../page-binder.ts';
import { DrawPage } from './draw-page.tsx';

/** The draw of a room; null for one without. */
async function findDraw(visit: PageVisit, concertId: string): Promise<Draw | null> {
  try {
    return await visit.call(getDraw, { params: { concertId } });
  } catch (thrown) {
    if (thrown instanceof Refusal && thrown.problem.code === 'not-found') return null;
    throw thrown;
  }
}

/** What was drawn, and one's own receipt to check it with. */
export function drawRoutes(pages: PageBinder): void {
  pages.get('/c/:concertId/draw', async (visit) => {
    const concertId = idOf(visit, 'concertId');
    const t = visit.words(lineMessages);
    const { concertName } = await visit.call(getConcert, { params: { concertId } });
    const draw = await findDraw(visit, concertId);
    const hasReceipt = visit.receipt !== undefined;
    const { format } = visit;
    const body = DrawPage({ t, format, concertId, concertName, draw, hasReceipt });
    const { language, receipt = null } = visit;
    const script = {
      scripts: ['draw'],
      data: { language, words: lineMessages[language], draw, receipt },
    };
    return { title: t('drawTitle'), body, ...(draw ? script : {}) };
  });

  pages.get('/c/:concertId/receipt', (visit) => {
    const concertId = idOf(visit, 'concertId');
    if (visit.receipt === undefined) throw new Problem('not-found');
    return { text: visit.receipt, fileName: `receipt-${concertId}.txt` };
  });
}
