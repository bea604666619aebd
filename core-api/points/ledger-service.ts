import { Problem } from '../../shared/problems.ts';
import type { Idempotency, KeyedReply } from '../idempotency/idempotency-service.ts';
import { lockKeys } from '../lock/lock-keys.ts';
import type { LockRequest, LockService } from '../lock/lock-service.ts';
import type { LedgerRepository } from './ledger-repository.ts';

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

export interface LedgerDeps {
  ledger: LedgerRepository;
  locks: LockService;
  idempotency: Idempotency;
  pointChargeMax: number;
  pointBalanceMax: number;
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

export function createLedgerService(deps: LedgerDeps): LedgerService {
  const { ledger, locks, idempotency, pointChargeMax, pointBalanceMax } = deps;

  function checkAmount(amount: number): void {
    if (amount <= pointChargeMax) return;
    const message = `must be at most ${pointChargeMax}`;
    throw new Problem('invalid-request', { errors: [{ path: 'body.amount', message }] });
  }

  return {
    checkAmount,
    charge: async ({ userId, amount, idempotencyKey: key, signal }) => {
      checkAmount(amount);
      const input = { params: {}, body: { amount } };
      const call = { userId, callName: 'chargePoint', key, input };
      return idempotency.settle(call, () =>
        locks.withLock(pointsLock(userId, idempotency.guard(call)), () =>
          idempotency.transaction(
            call,
            async (tx) => {
              const account = await ledger.lockAccount(tx, userId);
              if (account.point + amount > pointBalanceMax) {
                throw new Problem('point-limit-exceeded');
              }
              const entry = { amount, type: 'CHARGE', paymentId: null } as const;
              const { point, firstHistoryId } = await ledger.post(tx, account, [entry]);
              return { point, pointHistoryId: firstHistoryId };
            },
            { signal },
          ),
        ),
      );
    },
  };
}
