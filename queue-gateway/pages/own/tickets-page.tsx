import type { Reservation } from '../../../shared/contracts/reservations.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/translate.ts';
import type { OwnWords } from '../messages/own.ts';
import { Older, OwnNav } from './own-nav.tsx';

export interface TicketsProps {
  t: Translate<keyof OwnWords>;
  format: Format;
  reservations: readonly Reservation[];
  names: ReadonlyMap<string, string>;
  nextCursor: string | null;
  isPaid: boolean;
  nowMs: number;
}

const statusWords = {
  HELD: 'held',
  CONFIRMED: 'confirmed',
  EXPIRED: 'expired',
  CANCELLED: 'cancelled',
} as const;

/** A hold whose time is over is over, tidied up or not. */
const statusNow = (one: Reservation, nowMs: number): Reservation['reservationStatus'] =>
  one.reservationStatus === 'HELD' && Date.parse(one.reservationExpireDt) <= nowMs
    ? 'EXPIRED'
    : one.reservationStatus;

function Row({ t, format, names, nowMs, one }: TicketsProps & { one: Reservation }) {
  const status = statusNow(one, nowMs);
  const badge = status === 'CONFIRMED' ? 'good' : status === 'HELD' ? 'look' : '';
  return (
    <li class="ticket-row">
      <div>
        <strong>{names.get(one.concertId) ?? ''}</strong>
        <span class="fine">
          {`${t('seat', { num: String(one.seatNum) })} · ${format.won(one.price)} · ${format.moment(one.reservationDt)}`}
        </span>
      </div>
      <span class={`badge ${badge}`}>{t(statusWords[status])}</span>
      {status === 'CONFIRMED' ? (
        <a class="button" href={`/me/tickets/${one.reservationId}`}>
          {t('showTicket')}
        </a>
      ) : null}
      {status === 'HELD' ? (
        <a class="button" href={`/c/${one.concertId}/checkout`}>
          {t('checkoutTitle')}
        </a>
      ) : null}
    </li>
  );
}

/** My reservations: what counts first, then what is over. */
export function TicketsPage(props: TicketsProps) {
  const { t, reservations, nextCursor, isPaid, nowMs } = props;
  const isLive = (one: Reservation): boolean =>
    ['HELD', 'CONFIRMED'].includes(statusNow(one, nowMs));
  const earlier = reservations.filter((one) => !isLive(one));
  return (
    <section class="stack">
      <h1>{t('ticketsTitle')}</h1>
      <OwnNav t={t} here="/me/tickets" />
      {isPaid ? (
        <p class="notice good" role="status">
          {t('paid')}
        </p>
      ) : null}
      {reservations.some(isLive) ? null : <p class="empty">{t('ticketsNone')}</p>}
      <ul class="tickets">
        {reservations.filter(isLive).map((one) => (
          <Row {...props} one={one} />
        ))}
      </ul>
      {earlier.length === 0 ? null : (
        <details>
          <summary>{t('earlier')}</summary>
          <ul class="tickets">
            {earlier.map((one) => (
              <Row {...props} one={one} />
            ))}
          </ul>
        </details>
      )}
      <Older t={t} here="/me/tickets" nextCursor={nextCursor} />
    </section>
  );
}
