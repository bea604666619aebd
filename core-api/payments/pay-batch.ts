import { Problem } from '../../shared/problems.ts';
import { BatchUndone, type Outcome } from '../db/batches.ts';
import type { Tx } from '../db/transaction.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { LedgerBatchRepository, LockedAccount } from '../points/ledger-batch-repository.ts';
import { chain } from '../points/ledger-rules.ts';
import type { OwnedPayable, PayBatchRepository } from './pay-batch-repository.ts';
import type { Paid, PayWish } from './pay-transaction.ts';
import type { PaymentRepository } from './payment-repository.ts';
import { checkPay } from './payment-rules.ts';

/**
 * The payments of several accounts, none named twice, in one transaction and in the order of locks
 * of a single payment: accounts ascending, seats ascending, reservations, payments, history.
 * @throws BatchUndone when a hold ran out meanwhile or an account is not there.
 */
export type PayBatch = (tx: Tx, wishes: readonly PayWish[]) => Promise<Outcome<Paid>[]>;

export interface PayBatchDeps {
  payments: PaymentRepository;
  batches: PayBatchRepository;
  ledgers: LedgerBatchRepository;
  outbox: Outbox;
}

/** A payment that was checked under the lock of its account, and its new rows. */
interface Step {
  wish: PayWish;
  account: LockedAccount;
  payable: OwnedPayable[];
  amount: number;
}

export function createPayBatch(deps: PayBatchDeps): PayBatch {
  return async (tx, wishes) => {
    const checked = await check(tx, deps, wishes);
    const steps = checked.filter((one): one is Step => !(one instanceof Problem));
    const paid = steps.length > 0 ? await pay(tx, deps, steps) : [];
    const rest = paid.values();
    return checked.map((one) => {
      if (one instanceof Problem) return { problem: one };
      const { value } = rest.next();
      if (!value) throw new BatchUndone();
      return { value };
    });
  };
}

/** Locks the accounts, then reads what they want to pay. Refusals write nothing. */
async function check(
  tx: Tx,
  { batches, ledgers }: PayBatchDeps,
  wishes: readonly PayWish[],
): Promise<(Step | Problem)[]> {
  const locked = await ledgers.lockAccounts(
    tx,
    wishes.map(({ userId }) => userId),
  );
  const accounts = new Map(locked.map((account) => [account.userId, account]));
  const found = await batches.payable(
    tx,
    wishes.flatMap(({ reservationIds }) => [...reservationIds]),
  );
  return wishes.map((wish) => {
    const account = accounts.get(wish.userId);
    if (!account) throw new BatchUndone();
    const payable = found.filter(
      ({ reservationId, userId, concertId }) =>
        userId === wish.userId &&
        concertId === wish.concertId &&
        wish.reservationIds.includes(reservationId),
    );
    try {
      const amount = checkPay(wish.reservationIds, payable, account.point);
      return { wish, account, payable, amount };
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  });
}

async function pay(
  tx: Tx,
  { payments, batches, ledgers, outbox }: PayBatchDeps,
  steps: readonly Step[],
): Promise<Paid[]> {
  const [first] = steps;
  if (!first) return [];
  const userIds = steps.map(({ wish }) => wish.userId);
  const payable = steps.flatMap((step) => step.payable);
  if (!(await payments.confirm(tx, userIds, payable))) throw new BatchUndone();
  const rows = (await payments.insert(tx, first.account, payable)).values();
  const made = steps.map((step) => step.payable.flatMap(() => rows.next().value ?? []));
  const postings = steps.map(({ account }, index) => ({
    account,
    history: chain(
      account,
      (made[index] ?? []).map(({ amount, paymentId }) => ({
        amount: -amount,
        type: 'USE',
        paymentId,
      })),
    ),
  }));
  const { moved } = await ledgers.post(tx, postings);
  if (moved !== steps.length) throw new BatchUndone();
  const holds = await batches.holdsLeft(tx, userIds);
  const left = new Map(holds.map((row) => [`${row.userId} ${row.concertId}`, row.holds]));
  await outbox.append(
    tx,
    ...steps.map(({ wish, amount }, index) => ({
      type: 'payment.completed' as const,
      concertId: wish.concertId,
      userId: wish.userId,
      entryId: wish.entryId,
      paymentIds: (made[index] ?? []).map(({ paymentId }) => paymentId),
      reservationIds: (made[index] ?? []).map(({ reservationId }) => reservationId),
      amount,
      holdsLeft: left.get(`${wish.userId} ${wish.concertId}`) ?? 0,
    })),
  );
  return steps.map(({ account, amount }, index) => ({
    payments: made[index] ?? [],
    point: account.point - amount,
  }));
}
