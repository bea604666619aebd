import type { Cancellation } from '../../../../shared/contracts/cancellations.ts';
import type { Concert, OwnSchedule } from '../../../../shared/contracts/concerts.ts';
import type { ReportRow } from '../../../../shared/contracts/owners.ts';
import type { Format } from '../../i18n/format.ts';
import type { Note } from '../admin-binder.ts';
import { AdminFrame, type AdminT } from '../admin-frame.tsx';
import { ReportTable } from './report-table.tsx';
import { ConcertForm, type SalesT } from './sales-page.tsx';

export interface OwnDate extends OwnSchedule {
  cancellation: Cancellation | null;
}

export interface SaleProps {
  t: AdminT;
  s: SalesT;
  format: Format;
  concert: Concert;
  dates: readonly OwnDate[];
  report: {
    items: readonly ReportRow[];
    sum: Omit<ReportRow, 'concertScheduleId' | 'concertDt' | 'block'>;
  };
  note?: Note | undefined;
}

function DateLine({
  s,
  format,
  date,
  at,
}: Pick<SaleProps, 's' | 'format'> & { date: OwnDate; at: string }) {
  const { cancellation, status } = date;
  const badge = cancellation ? s('cancelled') : s(`status${status}`);
  const isOffered = !cancellation && status === 'ACTIVE';
  return (
    <li>
      <span>
        <a href={`${at}/dates/${date.concertScheduleId}`}>{format.moment(date.concertDt)}</a>
        <span class="fine">
          {s('seatsLeftOf', { left: date.seatsLeft, total: date.totalSeat })}
        </span>
      </span>
      <span class={`badge ${isOffered ? 'good' : ''}`}>{badge}</span>
    </li>
  );
}

/** One concert: its dates, its own fields, and what it sold. */
export function SalePage(props: SaleProps) {
  const { t, s, format, concert, dates, note } = props;
  const at = `/admin/sales/${concert.concertId}`;
  return (
    <AdminFrame t={t} here="/admin/sales" title={concert.concertName} note={note}>
      <p>
        <a href={`/admin/rooms/${concert.concertId}`}>{s('toRoom')}</a>
      </p>
      <div class="desk-sides">
        <div class="stack">
          <h2>{s('dates')}</h2>
          {dates.length === 0 ? <p class="empty">{s('datesNone')}</p> : null}
          <ul class="lines">
            {dates.map((date) => (
              <DateLine s={s} format={format} date={date} at={at} />
            ))}
          </ul>
          <form class="card stack" method="post" action={`${at}/dates`}>
            <h3>{s('newDate')}</h3>
            <div class="fields">
              <label class="field">
                <span>{s('concertDt', { zone: format.zone })}</span>
                <input type="datetime-local" name="concertDt" required />
              </label>
              <label class="field">
                <span>{s('totalSeat')}</span>
                <input type="number" name="totalSeat" min="1" required />
              </label>
            </div>
            <button class="button">{s('create')}</button>
          </form>
        </div>
        <div class="stack">
          <h2>{s('details')}</h2>
          <ConcertForm s={s} action={at} draft={concert} button={s('change')} />
        </div>
      </div>
      <h2>{s('report')}</h2>
      <ReportTable {...props} />
    </AdminFrame>
  );
}
