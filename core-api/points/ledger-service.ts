import { Problem } from '../../shared/problems.ts';
import { batchLimits, createBatches } from '../db/batches.ts';
import type { Tx } from '../db/transaction.ts';
import type { KeyedCall } from '../idempotency/idempotency-rules.ts';
import type { KeyedReply } from '../idempotency/idempotency-service.ts';
import { lockKeys } from '../lock/lock-keys.ts';
import type { LockRequest } from '../lock/lock-service.ts';
import { type ChargeTogetherDeps, createChargeTogether } from './charge-together.ts';
import type { LedgerRepository } from './ledger-repository.ts';
import { checkCharge } from './ledger-rules.ts';

export interface ChargeCall {
  userId: string;
  amount: number;
  idempotencyKey: string | undefined;
  signal: AbortSignal;
}

/** What puts points on a balance. */
export interface LedgerService {
  /**
   * 201 `{point, pointHistoryId}`.
   * @throws Problem `invalid-request` for an amount over the largest charge, then
   *   `point-limit-exceeded` when the balance would pass its largest value.
   */
  charge(call: ChargeCall): Promise<KeyedReply>;
  /** @throws Problem `invalid-request` for an amount over the largest charge. */
  checkAmount(amount: number): void;
}

export interface LedgerDeps extends ChargeTogetherDeps {
  ledger: LedgerRepository;
  pointChargeMax: number;
}

/** How long a call waits while others move the points of the same account. */
const pointsWaitMs = 5_000;

/** The lock around whatever moves the points of an account. */
export const pointsLock = (userId: string, guard: LockRequest['guard']): LockRequest => ({
  keys: [lockKeys.points(userId)],
  waitMs: pointsWaitMs,
  busy: () => new Problem('unavailable', { retryAfterSeconds: 1 }),
  guard,
});

/** A charge on its way, with what stands for it under its key. */
interface Charge {
  keyed: KeyedCall;
  amount: number;
  signal: AbortSignal;
}

export function createLedgerService(deps: LedgerDeps): LedgerService {
  const { ledger, locks, idempotency, pointChargeMax, pointBalanceMax } = deps;

  function checkAmount(amount: number): void {
    if (amount <= pointChargeMax) return;
    const message = `must be at most ${pointChargeMax}`;
    throw new Problem('invalid-request', { errors: [{ path: 'body.amount', message }] });
  }

  async function chargeIn(tx: Tx, userId: string, amount: number) {
    const account = await ledger.lockAccount(tx, userId);
    checkCharge(account.point, amount, pointBalanceMax);
    const entry = { amount, type: 'CHARGE', paymentId: null } as const;
    const { point, firstHistoryId } = await ledger.post(tx, account, [entry]);
    return { point, pointHistoryId: firstHistoryId };
  }

  const alone = ({ keyed, amount, signal }: Charge): Promise<KeyedReply> => {
    const { userId } = keyed;
    const work = (tx: Tx) => chargeIn(tx, userId, amount);
    return locks.withLock(pointsLock(userId, idempotency.guard(keyed)), () =>
      idempotency.transaction(keyed, work, { signal }),
    );
  };

  const batched = createBatches({
    ...batchLimits,
    keysOf: ({ keyed }: Charge) => [keyed.userId],
    keysMayMeet: true,
    together: createChargeTogether(deps),
    alone,
  });

  return {
    checkAmount,
    charge: async ({ userId, amount, idempotencyKey: key, signal }) => {
      checkAmount(amount);
      const input = { params: {}, body: { amount } };
      const keyed = { userId, callName: 'chargePoint', key, input };
      return idempotency.settle(keyed, () => batched({ keyed, amount, signal }));
    },
  };
}
