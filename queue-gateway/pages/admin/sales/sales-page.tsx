import type { Concert } from '../../../../shared/contracts/concerts.ts';
import type { Format } from '../../i18n/format.ts';
import type { Translate } from '../../i18n/translate.ts';
import type { AdminSalesWords } from '../../messages/admin-sales.ts';
import type { Note } from '../admin-binder.ts';
import { AdminFrame, type AdminT } from '../admin-frame.tsx';

export type SalesT = Translate<keyof AdminSalesWords>;

export interface ConcertDraft {
  concertName: string;
  seatsPerUser: number;
  refundUntilHours: number;
  status: Concert['status'];
}

export interface ConcertFormProps {
  s: SalesT;
  action: string;
  draft: ConcertDraft;
  button: string;
}

/** A concert's own fields, to make one and to change it. */
export function ConcertForm({ s, action, draft, button }: ConcertFormProps) {
  return (
    <form class="card stack" method="post" action={action}>
      <label class="field">
        <span>{s('concertName')}</span>
        <input name="concertName" required maxlength={200} value={draft.concertName} />
      </label>
      <div class="fields">
        {(['seatsPerUser', 'refundUntilHours'] as const).map((name) => (
          <label class="field">
            <span>{s(name)}</span>
            <input type="number" name={name} min="0" required value={String(draft[name])} />
          </label>
        ))}
        <label class="field">
          <span>{s('status')}</span>
          <select name="status">
            {(['ACTIVE', 'INACTIVE'] as const).map((one) => (
              <option value={one} selected={draft.status === one}>
                {s(`status${one}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <button class="button">{button}</button>
    </form>
  );
}

export interface SalesProps {
  t: AdminT;
  s: SalesT;
  format: Format;
  concerts: readonly Concert[];
  nextCursor: string | null;
  draft: ConcertDraft;
  note?: Note | undefined;
}

/** Concerts, and a new one. */
export function SalesPage({ t, s, format, concerts, nextCursor, draft, note }: SalesProps) {
  return (
    <AdminFrame t={t} here="/admin/sales" title={t('sales')} note={note}>
      <p class="lead">{s('salesLead')}</p>
      <ul class="lines">
        {concerts.map(({ concertId, concertName, firstConcertDt, status }) => (
          <li>
            <span>
              <a href={`/admin/sales/${concertId}`}>{concertName}</a>
              <span class="fine">
                {firstConcertDt === null ? s('datesNone') : format.moment(firstConcertDt)}
              </span>
            </span>
            <span class={`badge ${status === 'ACTIVE' ? 'good' : ''}`}>{s(`status${status}`)}</span>
          </li>
        ))}
      </ul>
      {nextCursor === null ? null : (
        <p>
          <a class="button quiet" href={`/admin/sales?cursor=${nextCursor}`}>
            {t('moreConcerts')}
          </a>
        </p>
      )}
      <h2>{s('newConcert')}</h2>
      <ConcertForm s={s} action="/admin/sales" draft={draft} button={s('create')} />
    </AdminFrame>
  );
}
