import type { ParkedEvent } from '../../../../shared/contracts/events.ts';
import type { Format } from '../../i18n/format.ts';
import type { Translate } from '../../i18n/translate.ts';
import type { AdminParkedWords } from '../../messages/admin-parked.ts';
import type { Note } from '../admin-binder.ts';
import { AdminFrame, type AdminT } from '../admin-frame.tsx';

export type ParkedT = Translate<keyof AdminParkedWords>;

/** On the first page of the desk, where there are any. */
export function ParkedNotice({ p }: { p: ParkedT }) {
  return (
    <p class="notice" role="status">
      {p('parkedSome')} <a href="/admin/parked">{p('parkedShow')}</a>
    </p>
  );
}

export interface ParkedProps {
  t: AdminT;
  p: ParkedT;
  format: Format;
  events: readonly ParkedEvent[];
  nextCursor: string | null;
  note?: Note | undefined;
}

function Row({
  t,
  p,
  format,
  one,
}: Pick<ParkedProps, 't' | 'p' | 'format'> & { one: ParkedEvent }) {
  return (
    <tr>
      <th scope="row">{one.eventType}</th>
      <td data-label={t('concert')}>
        <a href={`/admin/rooms/${one.concertId}`}>{one.concertId}</a>
      </td>
      <td data-label={p('happened')}>{format.moment(one.occurredAt)}</td>
      <td data-label={p('givenUp')}>{format.moment(one.parkedAt)}</td>
      <td data-label={p('attempts')} class="num">
        {format.number(one.attempts)}
      </td>
      <td>
        <form method="post" action={`/admin/parked/${one.eventId}`}>
          <button class="button quiet">{p('deliver')}</button>
        </form>
      </td>
    </tr>
  );
}

function Rows(props: ParkedProps) {
  const { t, p, format, events } = props;
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">{p('event')}</th>
          <th scope="col">{t('concert')}</th>
          <th scope="col">{p('happened')}</th>
          <th scope="col">{p('givenUp')}</th>
          <th scope="col" class="num">
            {p('attempts')}
          </th>
          <td></td>
        </tr>
      </thead>
      <tbody>
        {events.map((one) => (
          <Row t={t} p={p} format={format} one={one} />
        ))}
      </tbody>
    </table>
  );
}

/** What the line refused, newest first, and the way to have it delivered after all. */
export function ParkedPage(props: ParkedProps) {
  const { t, p, events, nextCursor, note } = props;
  return (
    <AdminFrame t={t} here="/admin" title={p('parked')} note={note}>
      <p>
        <a href="/admin">← {p('allRooms')}</a>
      </p>
      {events.length === 0 ? (
        <p class="empty">{p('parkedNone')}</p>
      ) : (
        <>
          <p class="lead">{p('parkedLead')}</p>
          <Rows {...props} />
        </>
      )}
      {nextCursor === null ? null : (
        <p>
          <a class="button quiet" href={`/admin/parked?cursor=${nextCursor}`}>
            {t('older')}
          </a>
        </p>
      )}
    </AdminFrame>
  );
}
