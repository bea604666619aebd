import { BatchUndone, type Outcome } from '../db/batches.ts';
import type { Idempotency, KeyedReply } from '../idempotency/idempotency-service.ts';
import type { KeyedCall } from '../idempotency/idempotency-rules.ts';
import { lockKeys } from '../lock/lock-keys.ts';
import type { LockService } from '../lock/lock-service.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { PayBatch } from './pay-batch.ts';
import type { PayWish } from './pay-transaction.ts';

export interface PayTogetherDeps {
  payBatch: PayBatch;
  locks: LockService;
  idempotency: Idempotency;
  outbox: Outbox;
}

/** Many payments by the locks of all their accounts, taken in one step, and one transaction. */
export function createPayTogether({ payBatch, locks, idempotency, outbox }: PayTogetherDeps) {
  return async (
    calls: readonly { wish: PayWish; keyed: KeyedCall }[],
  ): Promise<Outcome<KeyedReply>[]> => {
    const points = calls.map(({ wish }) => lockKeys.points(wish.userId));
    const guards = calls.flatMap(({ keyed }) => idempotency.guard(keyed)?.key ?? []);
    // Somebody else moves the points of one of them: each waits for its own lock then.
    const lock = { keys: [...points, ...guards], waitMs: 0, busy: () => new BatchUndone() };
    const keyed = calls.map((call) => call.keyed);
    const wishes = calls.map(({ wish }) => wish);
    const outcomes = await locks.withLock(lock, () =>
      idempotency.transactionOfAll(keyed, (tx) => payBatch(tx, wishes)),
    );
    outbox.kick();
    return outcomes;
  };
}
