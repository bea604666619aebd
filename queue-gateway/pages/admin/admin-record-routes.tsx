import { getConcert } from '../../../shared/contracts/concerts.ts';
import { putPolicy } from '../../../shared/contracts/queue.ts';
import { getOwnRecord } from '../../../shared/contracts/record.ts';
import { adminMessages } from '../messages/admin.ts';
import { recordMessages } from '../messages/record.ts';
import type { PageAnswer, PageVisit } from '../page.ts';
import { idOf, type PageBinder } from '../page-binder.ts';
import { RecordView } from '../record/record-view.tsx';
import { bindAdminForm, doneIn, forAdmin, type Note } from './admin-binder.ts';
import { AdminFrame, type AdminT } from './admin-frame.tsx';

const path = '/admin/rooms/:concertId/record';

interface SwitchProps {
  t: AdminT;
  concertId: string;
  isPublic: boolean;
}

/** Who may see it, and what they would see. */
function Switch({ t, concertId, isPublic }: SwitchProps) {
  const shownAt = `/c/${concertId}/record`;
  return (
    <form class="card stack" method="post" action={`/admin/rooms/${concertId}/record`}>
      <p>
        {isPublic ? t('recordShown', { path: shownAt }) : t('recordHidden')}{' '}
        {isPublic ? <a href={shownAt}>{t('recordOpen')}</a> : null}
      </p>
      <p class="fine">{t('recordSays')}</p>
      <p>
        <button
          class={`button ${isPublic ? 'quiet' : ''}`}
          name="show"
          value={isPublic ? 'false' : 'true'}
        >
          {t(isPublic ? 'recordHide' : 'recordShow')}
        </button>
      </p>
    </form>
  );
}

async function recordPage(visit: PageVisit, note?: Note): Promise<PageAnswer> {
  const t = visit.words(adminMessages);
  const r = visit.words(recordMessages);
  const params = { concertId: idOf(visit, 'concertId') };
  const [{ concertName }, record] = await Promise.all([
    visit.call(getConcert, { params }),
    visit.call(getOwnRecord, { params }),
  ]);
  return {
    title: `${t('seeRecord')}: ${concertName}`,
    styles: ['admin', 'record'],
    body: (
      <AdminFrame t={t} here="/admin" title={t('seeRecord')} note={note}>
        <p>
          <a href={`/admin/rooms/${params.concertId}`}>← {concertName}</a>
        </p>
        <Switch t={t} concertId={params.concertId} isPublic={record.isPublic} />
        <RecordView r={r} format={visit.format} record={record} />
      </AdminFrame>
    ),
  };
}

/** How a sale went, and whether everybody may see it. */
export function adminRecordRoutes(pages: PageBinder): void {
  pages.get(
    path,
    forAdmin((visit) => {
      const isDone = doneIn(visit, { record: '' }) !== undefined;
      const words = visit.words(adminMessages)('recordDone');
      return recordPage(visit, isDone ? { words, isBad: false } : undefined);
    }),
  );
  bindAdminForm(pages, path, {
    refused: recordPage,
    async run(visit) {
      const params = { concertId: idOf(visit, 'concertId') };
      const recordPublic = (await visit.form()).get('show') === 'true';
      await visit.call(putPolicy, { params, body: { recordPublic } });
      return { redirect: `/admin/rooms/${params.concertId}/record?done=record` };
    },
  });
}
