import type { Ticket } from '../../../shared/contracts/tickets.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/translate.ts';
import type { OwnWords } from '../messages/own.ts';
import { seatWords } from './seat-words.ts';

export interface TicketProps {
  t: Translate<keyof OwnWords>;
  format: Format;
  ticket: Ticket;
}

/** One ticket, as it is shown at the door. */
export function TicketPage({ t, format, ticket }: TicketProps) {
  const { reservationId, checkedInAt } = ticket;
  return (
    <section class="narrow stack">
      <p>
        <a href="/me/tickets">← {t('ticketsTitle')}</a>
      </p>
      <article class="ticket">
        <header>
          <p class="eyebrow">{t('ticket')}</p>
          <h1>{ticket.concertName}</h1>
          <p>{format.moment(ticket.concertDt)}</p>
          <p class="ticket-seat">{seatWords(t, ticket)}</p>
        </header>
        <img
          src={`/api/reservations/${reservationId}/ticket?format=svg`}
          alt={t('ticketCode')}
          width="260"
          height="260"
        />
        {checkedInAt === null ? (
          <p>{t('ticketNote')}</p>
        ) : (
          <p class="notice">{t('ticketUsed', { moment: format.moment(checkedInAt) })}</p>
        )}
        <p class="fine">{`${t('number')} ${reservationId}`}</p>
      </article>
    </section>
  );
}
