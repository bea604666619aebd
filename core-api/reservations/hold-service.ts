import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../../shared/problems.ts';
import { batchLimits, createBatches, type Run } from '../db/batches.ts';
import type { Database } from '../db/database.ts';
import type { Idempotency, KeyedReply } from '../idempotency/idempotency-service.ts';
import type { KeyedCall } from '../idempotency/idempotency-rules.ts';
import { lockKeys } from '../lock/lock-keys.ts';
import type { LockService } from '../lock/lock-service.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { HoldBatch } from './hold-batch.ts';
import type { SeatWish } from './hold-batch-rules.ts';
import { createHoldRefusals, createHoldTogether } from './hold-together.ts';
import type { HoldRepository } from './hold-repository.ts';
import { checkHold, type HoldWish, seatTaken } from './hold-rules.ts';
import type { HoldTransaction } from './hold-transaction.ts';
import { SeatsInFlight } from './pick-seats.ts';

export interface HoldCall {
  wish: HoldWish;
  entryId: string | null;
  idempotencyKey: string | undefined;
  signal: AbortSignal;
}

export interface HoldService {
  /**
   * 201 `{reservations}`: all seats or none.
   * @throws Problem in the order of `checkHold`, and those of `Idempotency`.
   */
  hold(call: HoldCall): Promise<KeyedReply>;
}

export interface HoldServiceDeps {
  database: Database;
  holds: HoldRepository;
  holdIn: HoldTransaction;
  locks: LockService;
  idempotency: Idempotency;
  outbox: Outbox;
  holdBatch: HoldBatch;
}

/** A call that is in no batch. */
const nobodyWaits: Run = { wasAsked: false, taken: () => undefined };

/** How long to look again while the last free seats are locked by others. */
const inFlightWaitMs = 2_000;
const inFlightPauseMs = (): number => 5 + Math.random() * 15;

/** A call on its way, with what stands for it under its key. */
interface Hold {
  wish: HoldWish;
  entryId: string | null;
  keyed: KeyedCall;
  signal: AbortSignal;
}
type SeatHold = Hold & SeatWish;
const isOfSeats = (hold: Hold): hold is SeatHold => 'ids' in hold.wish.seats;

export function createHoldService(deps: HoldServiceDeps): HoldService {
  const { database, holds, holdIn, locks, idempotency, outbox } = deps;

  /** Without any lock: who comes too late is told so for the price of one read. */
  async function refuseEarly(wish: HoldWish): Promise<void> {
    if ('quantity' in wish.seats) return checkHold(wish, await holds.sale(database, wish));
    const { sale, seats } = await holds.saleWithSeats(database, wish, wish.seats.ids);
    checkHold(wish, sale, seats);
  }

  /**
   * Seats by id are locked in id order. Any so many need no lock: their rows are picked inside
   * the transaction, past those that others have locked.
   */
  function underLock<T>({ wish, keyed }: Hold, work: () => Promise<T>): Promise<T> {
    const ids = 'ids' in wish.seats ? wish.seats.ids : [];
    const request = {
      keys: ids.map(lockKeys.seat),
      waitMs: 0,
      busy: () => seatTaken(ids),
      guard: idempotency.guard(keyed),
    };
    return locks.withLock(request, work);
  }

  async function alone(hold: Hold, { wasAsked, taken }: Run): Promise<KeyedReply> {
    const { wish, entryId, keyed, signal } = hold;
    if (!wasAsked) await refuseEarly(wish);
    const transaction = () =>
      idempotency.transaction(keyed, (tx) => holdIn(tx, wish, entryId), { signal });
    const reply = await underLock(hold, () => {
      taken();
      return untilSettled(transaction);
    });
    outbox.kick();
    return reply;
  }

  const batched = createBatches({
    ...batchLimits,
    keysOf: ({ wish }: SeatHold) => [`user:${wish.userId}`, ...wish.seats.ids],
    together: createHoldTogether(deps),
    refusals: createHoldRefusals(deps),
    alone,
  });

  return {
    hold: ({ wish, entryId, idempotencyKey: key, signal }) => {
      const { userId, concertId, ...body } = wish;
      const input = { params: { concertId }, body };
      const keyed = { userId, callName: 'createReservations', key, input };
      const hold: Hold = { wish, entryId, keyed, signal };
      // Any so many are picked past the rows of others: that needs a transaction of its own.
      return idempotency.settle(keyed, () =>
        isOfSeats(hold) ? batched(hold) : alone(hold, nobodyWaits),
      );
    },
  };
}

/** Looks again while the last free seats are locked by others. */
async function untilSettled<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + inFlightWaitMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SeatsInFlight)) throw error;
      if (performance.now() >= deadline) throw new Problem('unavailable', { cause: error });
    }
    await delay(inFlightPauseMs());
  }
}
