import type { Hold } from '../../shared/contracts/reservations.ts';
import { Problem } from '../../shared/problems.ts';
import { isoOf } from '../db/new-rows.ts';
import type { Tx } from '../db/transaction.ts';
import type { Idempotency, KeyedReply } from '../idempotency/idempotency-service.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { ExtendRepository } from './extend-repository.ts';
import type { HoldRepository } from './hold-repository.ts';
import { checkExtend } from './hold-rules.ts';
import type { ReservationRepository } from './reservation-repository.ts';

export interface ExtendCall {
  userId: string;
  concertId: string;
  reservationId: string;
  entryId: string | null;
  idempotencyKey: string | undefined;
  signal: AbortSignal;
}

export interface ExtendService {
  /**
   * 201 `{reservation}`: the hold begins anew, once. A hold lasts two hold times at most.
   * Needs no lock: only its holder can.
   * @throws Problem in the order of `checkExtend`, then `hold-extended`.
   */
  extend(call: ExtendCall): Promise<KeyedReply>;
}

export interface ExtendServiceDeps {
  holds: Pick<HoldRepository, 'lockUser'>;
  reservations: Pick<ReservationRepository, 'own'>;
  extensions: ExtendRepository;
  idempotency: Idempotency;
  outbox: Outbox;
  holdSeconds: number;
}

export function createExtendService(deps: ExtendServiceDeps): ExtendService {
  const { idempotency, outbox } = deps;
  return {
    extend: async ({ idempotencyKey: key, signal, ...call }) => {
      const { userId, concertId, reservationId } = call;
      const input = { params: { concertId, reservationId }, body: null };
      const keyed = { userId, callName: 'extendReservation', key, input };
      const reply = await idempotency.settle(keyed, () =>
        idempotency.transaction(keyed, (tx) => extendIn(tx, deps, call), { signal }),
      );
      outbox.kick();
      return reply;
    },
  };
}

async function extendIn(
  tx: Tx,
  { holds, reservations, extensions, outbox, holdSeconds }: ExtendServiceDeps,
  call: Omit<ExtendCall, 'idempotencyKey' | 'signal'>,
): Promise<{ reservation: Hold }> {
  const { userId, concertId, reservationId, entryId } = call;
  const { heldUntil } = await holds.lockUser(tx, { userId, holdSeconds });
  const own = await reservations.own(tx, { reservationId, userId, concertId });
  checkExtend(own);
  if (!(await extensions.extend(tx, own, heldUntil))) throw new Problem('hold-expired');
  if (!(await extensions.note(tx, reservationId))) throw new Problem('hold-extended');
  await outbox.append(tx, {
    type: 'reservation.held',
    concertId,
    userId,
    entryId,
    reservationIds: [reservationId],
    holdUntil: isoOf(heldUntil),
  });
  const { seatId } = own;
  const seat = await extensions.seat(tx, seatId);
  const reservationExpireDt = isoOf(heldUntil);
  const hold = { reservationId, seatId, ...seat, reservationStatus: 'HELD' as const };
  return { reservation: { ...hold, reservationExpireDt } };
}
