import type { Admission } from '../../../../shared/contracts/tickets.ts';
import type { Format } from '../../i18n/format.ts';
import type { Note } from '../admin-binder.ts';
import { AdminFrame, type AdminT } from '../admin-frame.tsx';
import type { SalesT } from '../sales/sales-page.tsx';

export interface DoorProps {
  t: AdminT;
  s: SalesT;
  format: Format;
  concertId: string;
  admission?: Admission | undefined;
  note?: Note | undefined;
}

/** Who came in, and where they sit. */
function Admitted({ s, format, admission }: DoorProps) {
  if (!admission) return null;
  const { userName, concertName, block, seatNum, concertDt } = admission;
  return (
    <div class="notice good" role="status">
      <p class="ticket-seat">{s('welcome', { name: userName })}</p>
      <p>
        {s('seatText', {
          concert: concertName,
          block: block ?? s('noBlock'),
          num: String(seatNum),
        })}
      </p>
      <p class="fine">{format.moment(concertDt)}</p>
    </div>
  );
}

/** The door: a ticket's code lets one in, once. */
export function DoorPage(props: DoorProps) {
  const { t, s, concertId, note } = props;
  return (
    <AdminFrame t={t} here="/admin/door" title={t('door')} note={note}>
      <p class="lead">{s('doorLead')}</p>
      <Admitted {...props} />
      <form class="card stack" method="post" action="/admin/door">
        <label class="field">
          <span>{s('code')}</span>
          <textarea name="code" rows={4} required autofocus autocomplete="off" spellcheck={false} />
        </label>
        <label class="field">
          <span>{s('doorConcert')}</span>
          <input name="concertId" inputmode="numeric" pattern="[0-9]*" value={concertId} />
        </label>
        <button class="button">{s('letIn')}</button>
      </form>
    </AdminFrame>
  );
}
