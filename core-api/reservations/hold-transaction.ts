import type { Hold } from '../../shared/contracts/reservations.ts';
import { isDuplicate } from '../db/db-errors.ts';
import { isoOf } from '../db/new-rows.ts';
import type { Tx } from '../db/transaction.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { ExpireHolds } from './expire-holds.ts';
import type { HeldSeat, HoldOwner, HoldRepository } from './hold-repository.ts';
import { type AnySeats, checkHold, type HoldWish, seatTaken } from './hold-rules.ts';
import type { PickSeats } from './pick-seats.ts';

export interface HoldTransactionDeps {
  holds: HoldRepository;
  pickSeats: PickSeats;
  expireHolds: ExpireHolds;
  outbox: Outbox;
  holdSeconds: number;
}

/** Above every price there can be. */
const anyPrice = 2_147_483_647;

/** Holds seats, all or none, inside a transaction that is rolled back on whatever is thrown. */
export type HoldTransaction = (
  tx: Tx,
  wish: HoldWish,
  entryId: string | null,
) => Promise<{ reservations: Hold[] }>;

export function createHoldTransaction(deps: HoldTransactionDeps): HoldTransaction {
  const { holds, pickSeats, expireHolds, outbox, holdSeconds } = deps;

  async function insert(tx: Tx, owner: HoldOwner, seats: readonly HeldSeat[]): Promise<Hold[]> {
    try {
      return await holds.insertHolds(tx, owner, seats);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    // An overdue hold stands in the way: the seats are ours already, now its rows are too.
    const seatIds = seats.map(({ seatId }) => seatId);
    await expireHolds(tx, seatIds);
    try {
      return await holds.insertHolds(tx, owner, seats);
    } catch (error) {
      // The seat's row said free and the UNIQUE key says no: the key is right.
      throw isDuplicate(error) ? seatTaken(seatIds) : error;
    }
  }

  const pickAny = (tx: Tx, { scheduleId }: HoldWish, { quantity, maxPrice = anyPrice }: AnySeats) =>
    pickSeats(tx, { scheduleId, maxPrice }, quantity);

  return async (tx, wish, entryId) => {
    const { userId, concertId, scheduleId, seats } = wish;
    const clock = await holds.lockUser(tx, { userId, holdSeconds });
    checkHold(wish, await holds.sale(tx, wish));
    const seatIds = 'ids' in seats ? seats.ids : await pickAny(tx, wish, seats);
    if ((await holds.takeSeats(tx, seatIds, clock.heldUntil)) !== seatIds.length) {
      throw seatTaken(await holds.takenSeats(tx, seatIds, clock.heldUntil));
    }
    const owner = { userId, entryId, concertId, scheduleId, clock };
    const made = await insert(tx, owner, await holds.seats(tx, seatIds));
    await outbox.append(tx, {
      type: 'reservation.held',
      concertId,
      userId,
      entryId,
      reservationIds: made.map(({ reservationId }) => reservationId),
      holdUntil: isoOf(clock.heldUntil),
    });
    return { reservations: made };
  };
}
