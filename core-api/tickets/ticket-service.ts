import type { Admission, Ticket } from '../../shared/contracts/tickets.ts';
import { Problem } from '../../shared/problems.ts';
import type { TicketRepository, TicketRow } from './ticket-repository.ts';
import { checkAdmission, checkTicket, type Door } from './ticket-rules.ts';
import type { TicketTokens } from './ticket-token.ts';

export interface TicketService {
  /** @throws Problem in the order of `checkTicket`; another account's is not found. */
  ticket(userId: string, reservationId: string): Promise<Ticket>;
  /** Lets the holder in. @throws Problem in the order of `checkAdmission`. */
  checkIn(call: { byUserId: string; code: string; door: Door }): Promise<Admission>;
}

export interface TicketServiceDeps {
  tickets: TicketRepository;
  tokens: TicketTokens;
}

export function createTicketService({ tickets, tokens }: TicketServiceDeps): TicketService {
  return {
    ticket: async (userId, reservationId) => {
      const found = await tickets.find(reservationId);
      if (found?.userId !== userId) throw new Problem('not-found');
      checkTicket(found);
      const checkedInAt = found.checkedInAt?.toISOString() ?? null;
      return { ...placeOf(found), code: tokens.sign(found), checkedInAt };
    },
    checkIn: async ({ byUserId, code, door }) => {
      const claims = tokens.verify(code.trim());
      if (!claims) throw new Problem('ticket-invalid');
      const { reservationId } = claims;
      checkAdmission(await tickets.find(reservationId), door);
      const isLetIn = await tickets.checkIn(reservationId, byUserId);
      const found = await tickets.find(reservationId);
      // Somebody was faster, here or with a refund: the row says now which.
      if (!isLetIn) checkAdmission(found, door);
      if (!found?.checkedInAt) throw new Error('a check-in is gone');
      const { userId, userName, checkedInAt } = found;
      return { ...placeOf(found), userId, userName, checkedInAt: checkedInAt.toISOString() };
    },
  };
}

const placeOf = (row: TicketRow) => ({
  reservationId: row.reservationId,
  seatId: row.seatId,
  seatNum: row.seatNum,
  block: row.block,
  concertId: row.concertId,
  concertName: row.concertName,
  concertScheduleId: row.scheduleId,
  concertDt: row.concertDt.toISOString(),
});
