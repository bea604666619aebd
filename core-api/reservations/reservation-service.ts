import type { Reservation } from '../../shared/contracts/reservations.ts';
import { Problem } from '../../shared/problems.ts';
import type { Database } from '../db/database.ts';
import type { Page, PageQuery } from '../db/page.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { HoldRepository } from './hold-repository.ts';
import { checkRelease } from './hold-rules.ts';
import type { ReservationRepository } from './reservation-repository.ts';

export interface ReleaseCall {
  userId: string;
  concertId: string;
  reservationId: string;
  entryId: string | null;
  signal: AbortSignal;
}

export interface ReservationService {
  /**
   * Gives a held seat back. Needs no lock: only its holder can.
   * @throws Problem in the order of `checkRelease`.
   */
  release(call: ReleaseCall): Promise<void>;
  list(userId: string, page: PageQuery): Promise<Page<Reservation>>;
}

export interface ReservationServiceDeps {
  database: Database;
  holds: Pick<HoldRepository, 'lockUser'>;
  reservations: ReservationRepository;
  outbox: Outbox;
}

export function createReservationService(deps: ReservationServiceDeps): ReservationService {
  const { database, holds, reservations, outbox } = deps;
  return {
    release: async ({ userId, concertId, reservationId, entryId, signal }) => {
      await database.transaction(
        async (tx) => {
          await holds.lockUser(tx, { userId, holdSeconds: 0 });
          const own = await reservations.own(tx, { reservationId, userId, concertId });
          if (checkRelease(own) === 'released' || !own) return;
          if (!(await reservations.release(tx, own))) throw new Problem('hold-expired');
          await outbox.append(tx, {
            type: 'reservation.cancelled',
            concertId,
            userId,
            entryId,
            reservationIds: [reservationId],
            holdsLeft: await reservations.holdsLeft(tx, userId, concertId),
          });
        },
        { signal },
      );
      outbox.kick();
    },
    list: (userId, page) => reservations.listOf(userId, page),
  };
}
