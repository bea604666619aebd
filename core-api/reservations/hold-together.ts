import type { Problem } from '../../shared/problems.ts';
import { BatchUndone, type Outcome, type Run } from '../db/batches.ts';
import type { Database } from '../db/database.ts';
import type { Idempotency, KeyedReply } from '../idempotency/idempotency-service.ts';
import type { KeyedCall } from '../idempotency/idempotency-rules.ts';
import { lockKeys } from '../lock/lock-keys.ts';
import type { LockService } from '../lock/lock-service.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { HoldBatch } from './hold-batch.ts';
import type { SeatWish } from './hold-batch-rules.ts';
import { seatTaken } from './hold-rules.ts';

export interface HoldTogetherDeps {
  database: Database;
  holdBatch: HoldBatch;
  locks: LockService;
  idempotency: Idempotency;
  outbox: Outbox;
}

type KeyedWish = SeatWish & { keyed: KeyedCall };

/**
 * Who comes too late, by one read for all and without any lock. A seat whose lock this process has
 * is being taken at this moment.
 */
export function createHoldRefusals(
  deps: Pick<HoldTogetherDeps, 'database' | 'holdBatch' | 'locks'>,
) {
  const { database, holdBatch, locks } = deps;
  return async (calls: readonly KeyedWish[]): Promise<(Problem | undefined)[]> => {
    const known = await holdBatch.refusals(database, calls);
    return calls.map(({ wish }, index) => {
      const rivals = wish.seats.ids.filter((seatId) => locks.isHeld(lockKeys.seat(seatId)));
      return known[index] ?? (rivals.length > 0 ? seatTaken(rivals) : undefined);
    });
  };
}

/**
 * The steps of a single hold for many at once: who comes too late is refused by one read, the
 * seats of the others are locked in one step, held in one transaction.
 */
export function createHoldTogether(deps: HoldTogetherDeps) {
  const { locks, holdBatch, idempotency, outbox } = deps;
  const refusals = createHoldRefusals(deps);

  async function holdAll(
    calls: readonly KeyedWish[],
    taken: () => void,
  ): Promise<Outcome<KeyedReply>[]> {
    const seats = calls.flatMap(({ wish }) => wish.seats.ids.map(lockKeys.seat));
    const guards = calls.flatMap(({ keyed }) => idempotency.guard(keyed)?.key ?? []);
    // Another process has one of them: who that is for is found out one by one.
    const busy = () => new BatchUndone();
    const keyed = calls.map((call) => call.keyed);
    return locks.withLock({ keys: [...seats, ...guards], waitMs: 0, busy }, () => {
      taken();
      return idempotency.transactionOfAll(keyed, (tx) => holdBatch.holdIn(tx, calls));
    });
  }

  return async (
    calls: readonly KeyedWish[],
    { wasAsked, taken }: Run,
  ): Promise<Outcome<KeyedReply>[]> => {
    const problems = wasAsked ? calls.map(() => undefined) : await refusals(calls);
    const left = calls.filter((_, index) => !problems[index]);
    const held = left.length === 0 ? [] : await holdAll(left, taken);
    outbox.kick();
    const rest = held.values();
    return problems.map((problem) => {
      if (problem) return { problem };
      const { value } = rest.next();
      if (!value) throw new Error('a hold of a batch has no outcome');
      return value;
    });
  };
}
