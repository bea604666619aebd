import { problemOf } from '../../shared/problems.ts';
import { BatchUndone, type Outcome } from '../db/batches.ts';
import { newIds } from '../db/new-rows.ts';
import type { Tx } from '../db/transaction.ts';
import type { KeyedCall } from '../idempotency/idempotency-rules.ts';
import type { Idempotency, KeyedReply } from '../idempotency/idempotency-service.ts';
import { lockKeys } from '../lock/lock-keys.ts';
import type { LockService } from '../lock/lock-service.ts';
import type { LedgerBatchRepository, LockedAccount } from './ledger-batch-repository.ts';
import { chain, checkCharge } from './ledger-rules.ts';

export interface ChargeTogetherDeps {
  ledgers: LedgerBatchRepository;
  locks: LockService;
  idempotency: Idempotency;
  pointBalanceMax: number;
}

interface Charge {
  keyed: KeyedCall;
  amount: number;
}

interface Charged {
  point: number;
  pointHistoryId: string;
}

/**
 * Many charges by the locks of all their accounts, taken in one step, and one transaction. Those of
 * one account follow one another in the order they came: the ledger gets a row for each.
 */
export function createChargeTogether(deps: ChargeTogetherDeps) {
  const { locks, idempotency } = deps;
  return (charges: readonly Charge[]): Promise<Outcome<KeyedReply>[]> => {
    const keyed = charges.map((charge) => charge.keyed);
    const points = new Set(keyed.map(({ userId }) => lockKeys.points(userId)));
    const guards = keyed.flatMap((call) => idempotency.guard(call)?.key ?? []);
    // Somebody else moves the points of one of them: each waits for its own lock then.
    const lock = { keys: [...points, ...guards], waitMs: 0, busy: () => new BatchUndone() };
    return locks.withLock(lock, () =>
      idempotency.transactionOfAll(keyed, (tx) => chargeIn(tx, deps, charges)),
    );
  };
}

/** The charges of one account that its balance has room for. */
interface Step {
  account: LockedAccount;
  /** Which of all charges they are. */
  rows: number[];
  amounts: number[];
}

async function chargeIn(
  tx: Tx,
  { ledgers, pointBalanceMax }: ChargeTogetherDeps,
  charges: readonly Charge[],
): Promise<Outcome<Charged>[]> {
  const userIds = new Set(charges.map(({ keyed }) => keyed.userId));
  const accounts = await ledgers.lockAccounts(tx, [...userIds]);
  if (accounts.length !== userIds.size) throw new BatchUndone();
  const outcomes: Outcome<Charged>[] = [];
  const steps = accounts.map((account): Step => {
    const step: Step = { account, rows: [], amounts: [] };
    let { point } = account;
    charges.forEach(({ keyed, amount }, row) => {
      if (keyed.userId !== account.userId) return;
      const problem = problemOf(() => checkCharge(point, amount, pointBalanceMax));
      if (problem) return void (outcomes[row] = { problem });
      point += amount;
      step.rows.push(row);
      step.amounts.push(amount);
    });
    return step;
  });
  for (const [row, charged] of await post(tx, ledgers, steps)) outcomes[row] = { value: charged };
  return outcomes;
}

async function post(
  tx: Tx,
  ledgers: LedgerBatchRepository,
  all: readonly Step[],
): Promise<[number, Charged][]> {
  const steps = all.filter(({ rows }) => rows.length > 0);
  const [first] = steps;
  if (!first) return [];
  const postings = steps.map(({ account, amounts }) => ({
    account,
    history: chain(
      account,
      amounts.map((amount) => ({ amount, type: 'CHARGE', paymentId: null })),
    ),
  }));
  const { moved, firstHistoryId } = await ledgers.post(tx, postings);
  if (moved !== steps.length) throw new BatchUndone();
  const made = postings.flatMap(({ history }) => history);
  const ids = newIds(firstHistoryId, made.length, first.account.idStep);
  return steps
    .flatMap(({ rows }) => rows)
    .map((row, at) => [
      row,
      { point: made[at]?.pointAfterTransaction ?? NaN, pointHistoryId: ids[at] ?? '' },
    ]);
}
