import { checkIn, getTicket } from '../../shared/contracts/tickets.ts';
import { answer } from '../http/answer.ts';
import type { Bind } from '../http/bind.ts';
import type { TicketService } from './ticket-service.ts';
import { ticketSvg, wantsSvg } from './ticket-svg.ts';

const svgType = 'image/svg+xml';

export function ticketRoutes(bind: Bind, tickets: TicketService): void {
  bind(getTicket, async ({ caller, params, query, header }) => {
    const ticket = await tickets.ticket(caller.userId, params.reservationId);
    if (!wantsSvg(query.format, header('accept'))) return ticket;
    return answer({ headers: { 'content-type': svgType }, rawBody: ticketSvg(ticket.code) });
  });
  bind(checkIn, ({ caller, body: { code, ...door } }) =>
    tickets.checkIn({ byUserId: caller.userId, code, door }),
  );
}
