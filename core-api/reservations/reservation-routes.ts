import {
  cancelReservation,
  createReservations,
  extendReservation,
  listReservations,
} from '../../shared/contracts/reservations.ts';
import { answer } from '../http/answer.ts';
import type { Bind } from '../http/bind.ts';
import type { ExtendService } from './extend-service.ts';
import type { HoldService } from './hold-service.ts';
import type { ReservationService } from './reservation-service.ts';

export function reservationRoutes(
  bind: Bind,
  holds: HoldService,
  reservations: ReservationService,
  extensions: ExtendService,
): void {
  bind(createReservations, async ({ caller, params, body, idempotencyKey, signal }) => {
    const { userId, entryId } = caller;
    const { scheduleId } = body;
    const seats =
      'seatIds' in body
        ? { ids: body.seatIds }
        : { quantity: body.quantity, maxPrice: body.maxPrice };
    const wish = { userId, concertId: params.concertId, scheduleId, seats };
    return answer(await holds.hold({ wish, entryId, idempotencyKey, signal }));
  });
  bind(extendReservation, async ({ caller, params, idempotencyKey, signal }) => {
    const { userId, entryId } = caller;
    return answer(await extensions.extend({ userId, entryId, ...params, idempotencyKey, signal }));
  });
  bind(cancelReservation, async ({ caller, params, signal }) => {
    const { userId, entryId } = caller;
    await reservations.release({ userId, entryId, ...params, signal });
    return undefined;
  });
  bind(listReservations, ({ caller, query }) => reservations.list(caller.userId, query));
}
