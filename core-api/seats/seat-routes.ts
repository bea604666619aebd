import { changeSeat, createSeats, listSeats } from '../../shared/contracts/concerts.ts';
import { answer } from '../http/answer.ts';
import type { Bind } from '../http/bind.ts';
import type { SeatService } from './seat-service.ts';

export function seatRoutes(bind: Bind, seats: SeatService): void {
  bind(listSeats, async ({ params }) => answer({ rawBody: await seats.list(params) }));
  bind(createSeats, ({ params, body }) => seats.create(params, body.seats));
  bind(changeSeat, ({ params, body }) => seats.changePrice(params, body.price));
}
