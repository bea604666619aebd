import type { Reservation } from '../../../shared/contracts/reservations.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/translate.ts';
import type { OwnWords } from '../messages/own.ts';
import { Older, OwnNav } from './own-nav.tsx';
import { inSeatOrder, seatWords } from './seat-words.ts';

export interface TicketsProps {
  t: Translate<keyof OwnWords>;
  format: Format;
  reservations: readonly Reservation[];
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

function Row({ t, format, nowMs, one }: TicketsProps & { one: Reservation }) {
  const status = statusNow(one, nowMs);
  return (
    <li class="ticket-row">
      <div>
        <strong>{one.concertName}</strong>
        <span class="when">{format.moment(one.concertDt)}</span>
        <span class="fine">{`${seatWords(t, one)} · ${format.won(one.price)}`}</span>
      </div>
      <span class={`badge ${status === 'CONFIRMED' ? 'good' : ''}`}>{t(statusWords[status])}</span>
      {status === 'CONFIRMED' ? (
        <a class="button" href={`/me/tickets/${one.reservationId}`}>
          {t('showTicket')}
        </a>
      ) : null}
    </li>
  );
}

/** A seat's name stays on one line. */
const unbroken = '\u00a0';

/** Seats of one concert that are kept and not paid: one way to pay all of them. */
function Unpaid({ t, format, holds }: TicketsProps & { holds: readonly Reservation[] }) {
  const [first] = holds;
  if (!first) return null;
  const end = holds.map(({ reservationExpireDt }) => reservationExpireDt).sort()[0] ?? '';
  const total = holds.reduce((sum, { price }) => sum + price, 0);
  return (
    <li class="unpaid">
      <span class="badge look">{t('held')}</span>
      <strong>{first.concertName}</strong>
      <span>
        {inSeatOrder(holds)
          .map((one) => seatWords(t, one).replaceAll(' ', unbroken))
          .join(' · ')}
      </span>
      <span class="fine">{t('heldUntil', { time: format.time(end) })}</span>
      <a class="button" href={`/c/${first.concertId}/checkout`}>
        {t('payNow', { amount: format.won(total) })}
      </a>
    </li>
  );
}

const byConcert = (all: readonly Reservation[]): Reservation[][] =>
  [...new Set(all.map(({ concertId }) => concertId))].map((id) =>
    all.filter(({ concertId }) => concertId === id),
  );

/** My reservations: what has to be paid first, then tickets, then what is over. */
export function TicketsPage(props: TicketsProps) {
  const { t, reservations, nextCursor, isPaid, nowMs } = props;
  const are = (...wanted: Reservation['reservationStatus'][]): Reservation[] =>
    reservations.filter((one) => wanted.includes(statusNow(one, nowMs)));
  const [unpaid, tickets] = [are('HELD'), are('CONFIRMED')];
  const earlier = are('EXPIRED', 'CANCELLED');
  const rows = (all: Reservation[]) => all.map((one) => <Row {...props} one={one} />);
  return (
    <section class="stack">
      <h1>{t('ticketsTitle')}</h1>
      <OwnNav t={t} here="/me/tickets" />
      {isPaid ? (
        <p class="notice good" role="status">
          {t('paid')}
        </p>
      ) : null}
      {unpaid.length === 0 ? null : (
        <ul class="tickets">
          {byConcert(unpaid).map((holds) => (
            <Unpaid {...props} holds={holds} />
          ))}
        </ul>
      )}
      {unpaid.length + tickets.length > 0 ? null : (
        <div class="empty stack">
          <p>{t('ticketsNone')}</p>
          <a class="button" href="/">
            {t('toConcerts')}
          </a>
        </div>
      )}
      <ul class="tickets">{rows(tickets)}</ul>
      {earlier.length === 0 ? null : (
        <details>
          <summary>{t('earlier')}</summary>
          <ul class="tickets">{rows(earlier)}</ul>
        </details>
      )}
      <Older t={t} here="/me/tickets" nextCursor={nextCursor} />
    </section>
  );
}
