import type { Database } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { NewEvent } from '../outbox/outbox-repository.ts';
import type { LedgerBatchRepository } from '../points/ledger-batch-repository.ts';
import { chain } from '../points/ledger-rules.ts';
import type { ReservationRepository } from '../reservations/reservation-repository.ts';
import type { CancellationRepository, RefundAccount } from './cancellation-repository.ts';
import {
  groupTaken,
  type Refunded,
  type Released,
  sumOf,
  type TakenSeat,
} from './cancellation-rules.ts';

/**
 * One batch of a cancelled date: holds let go, payments given back, the gateway told. The whole of
 * it is one transaction, so a process that dies leaves a batch done or not begun.
 * @returns `idle` when no date is left to do, or others are at all of them.
 */
export type GiveBack = () => Promise<'more' | 'idle'>;

export interface GiveBackDeps {
  database: Database;
  cancellations: CancellationRepository;
  ledgers: Pick<LedgerBatchRepository, 'post'>;
  reservations: Pick<ReservationRepository, 'holdsLeft'>;
  outbox: Outbox;
}

const batchMax = 100;

export function createGiveBack(deps: GiveBackDeps): GiveBack {
  const { database, cancellations, outbox } = deps;

  async function batch(tx: Tx): Promise<'more' | 'idle'> {
    const date = await cancellations.claim(tx);
    if (!date) return 'idle';
    const { scheduleId, concertId } = date;
    const candidates = await cancellations.candidates(tx, scheduleId, batchMax);
    if (candidates.length === 0) {
      await cancellations.finish(tx, scheduleId);
      return 'more';
    }
    const { accounts, taken } = await lock(deps, tx, candidates);
    // Given back by their holders, or run out, since they were looked up.
    if (taken.length === 0) return 'more';
    await cancellations.giveBack(tx, taken);
    const groups = groupTaken(taken);
    await post(deps, tx, accounts, groups.refunded);
    await tell(deps, tx, concertId, groups);
    const refunded = taken.filter(({ paymentId }) => paymentId !== null).length;
    const refundedPoints = groups.refunded.reduce((sum, group) => sum + sumOf(group), 0);
    const done = { released: taken.length - refunded, refunded, refundedPoints };
    await cancellations.note(tx, scheduleId, done);
    return 'more';
  }

  return async () => {
    if (!(await cancellations.isAnyOpen())) return 'idle';
    const outcome = await database.transaction(batch);
    outbox.kick();
    return outcome;
  };
}

/** REFUND rows, chained, whatever the largest balance is: these points were the accounts' before. */
async function post(
  { ledgers }: GiveBackDeps,
  tx: Tx,
  accounts: RefundAccount[],
  refunded: Refunded[],
): Promise<void> {
  if (refunded.length === 0) return;
  const byUser = new Map(accounts.map((account) => [account.userId, account]));
  const postings = refunded.map(({ userId, payments }) => {
    const account = byUser.get(userId);
    if (!account) throw new Error('a paying account has no points');
    const entries = payments.map((payment) => ({ ...payment, type: 'REFUND' }) as const);
    return { account, history: chain(account, entries) };
  });
  // A payment of a free seat moves nothing but the version, and counts all the same.
  const { moved } = await ledgers.post(tx, postings);
  if (moved !== postings.length) throw new Error('a balance moved under its lock');
}

async function tell(
  { reservations, outbox }: GiveBackDeps,
  tx: Tx,
  concertId: string,
  { refunded, released }: { refunded: Refunded[]; released: Released[] },
): Promise<void> {
  const events: NewEvent[] = refunded.map((group) => ({
    type: 'payment.refunded',
    concertId,
    userId: group.userId,
    entryId: null,
    paymentIds: group.payments.map(({ paymentId }) => paymentId),
    reservationIds: group.reservationIds,
    amount: sumOf(group),
  }));
  for (const group of released) {
    const holdsLeft = await reservations.holdsLeft(tx, group.userId, concertId);
    events.push({ type: 'reservation.cancelled', concertId, ...group, holdsLeft });
  }
  await outbox.append(tx, ...events);
}

/** Accounts first, then seats: the order of everybody who moves points. */
async function lock({ cancellations }: GiveBackDeps, tx: Tx, candidates: readonly TakenSeat[]) {
  const users = [...new Set(candidates.map(({ userId }) => userId))];
  const accounts = await cancellations.lockAccounts(tx, users);
  const taken = await cancellations.lockTaken(
    tx,
    candidates.map(({ seatId }) => seatId),
  );
  return { accounts, taken };
}
