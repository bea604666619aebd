import type { Hold } from '../../shared/contracts/reservations.ts';
import { isDuplicate } from '../db/db-errors.ts';
import { isoOf } from '../db/new-rows.ts';
import type { Tx } from '../db/transaction.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { ExpireHolds } from './expire-holds.ts';
import type { HeldSeat, HoldOwner, HoldRepository } from './hold-repository.ts';
import { checkHold, type HoldWish, seatTaken } from './hold-rules.ts';
import type { PickRepository } from './pick-repository.ts';

export interface HoldTransactionDeps {
  holds: HoldRepository;
  picks: PickRepository;
  expireHolds: ExpireHolds;
  outbox: Outbox;
  holdSeconds: number;
}

/** Too few free seats could be locked; others hold locks on some, so it is no answer yet. */
export class SeatsInFlight extends Error {
  override readonly name = 'SeatsInFlight';
}

/** Holds seats, all or none, inside a transaction that is rolled back on whatever is thrown. */
export type HoldTransaction = (
  tx: Tx,
  wish: HoldWish,
  entryId: string | null,
) => Promise<{ reservations: Hold[] }>;

export function createHoldTransaction(deps: HoldTransactionDeps): HoldTransaction {
  const { holds, picks, expireHolds, outbox, holdSeconds } = deps;

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

  async function choose(tx: Tx, { seats, scheduleId }: HoldWish): Promise<readonly string[]> {
    if ('ids' in seats) return seats.ids;
    const picked = await picks.pickSeats(tx, scheduleId, seats.quantity);
    if (picked.length === seats.quantity) return picked;
    if ((await picks.countFree(tx, scheduleId)) >= seats.quantity) throw new SeatsInFlight();
    throw seatTaken([]);
  }

  return async (tx, wish, entryId) => {
    const { userId, concertId, scheduleId } = wish;
    const clock = await holds.lockUser(tx, { userId, holdSeconds });
    checkHold(wish, await holds.sale(tx, wish));
    const seatIds = await choose(tx, wish);
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
