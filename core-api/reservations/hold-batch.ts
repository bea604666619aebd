import type { Hold } from '../../shared/contracts/reservations.ts';
import { type Problem, problemOf } from '../../shared/problems.ts';
import { BatchUndone, type Outcome } from '../db/batches.ts';
import { isoOf } from '../db/new-rows.ts';
import type { Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { HoldBatchRepository } from './hold-batch-repository.ts';
import type { HoldClock, HoldRepository, OwnedSeats } from './hold-repository.ts';
import { refusalsOf, type SeatWish } from './hold-batch-rules.ts';
import { checkHold } from './hold-rules.ts';

export interface HoldBatch {
  /** Reads only: the refusal of each wish, or nothing where it may go on. */
  refusals(statements: Statements, wishes: readonly SeatWish[]): Promise<(Problem | undefined)[]>;
  /**
   * Holds the seats of several accounts, none named twice, in one transaction and in the order of
   * locks of a single hold: accounts ascending, then seats ascending. Limits are counted under the
   * accounts' locks, seats taken by the same conditional UPDATE.
   * @throws BatchUndone, or errno 1062, when any of them cannot be had.
   */
  holdIn(tx: Tx, wishes: readonly SeatWish[]): Promise<Outcome<{ reservations: Hold[] }>[]>;
}

export interface HoldBatchDeps {
  holds: HoldRepository;
  batches: HoldBatchRepository;
  outbox: Outbox;
  holdSeconds: number;
}

const idsOf = (wishes: readonly SeatWish[]): string[] =>
  wishes.flatMap(({ wish }) => [...wish.seats.ids]);

export function createHoldBatch(deps: HoldBatchDeps): HoldBatch {
  const { holds, batches, outbox } = deps;

  async function refusals(statements: Statements, wishes: readonly SeatWish[], withSeats = true) {
    const scheduleIds = wishes.map(({ wish }) => wish.scheduleId);
    const userIds = wishes.map(({ wish }) => wish.userId);
    const [dates, counts, seats] = await Promise.all([
      batches.dates(statements, scheduleIds),
      batches.seatsOfUsers(statements, userIds),
      withSeats ? batches.seats(statements, idsOf(wishes)) : undefined,
    ]);
    return refusalsOf(wishes, { dates, counts, seats });
  }

  /** The same of one alone, by one statement. */
  async function refusal(statements: Statements, { wish }: SeatWish) {
    const { sale, seats } = await holds.saleWithSeats(statements, wish, wish.seats.ids);
    return problemOf(() => checkHold(wish, sale, seats));
  }

  return {
    refusals: async (statements, wishes) => {
      const [only, ...others] = wishes;
      if (only && others.length === 0) return [await refusal(statements, only)];
      return refusals(statements, wishes);
    },
    holdIn: async (tx, wishes) => {
      const clock = await lockAll(tx, deps, wishes);
      const problems = await refusals(tx, wishes, false);
      const allowed = wishes.filter((_, index) => !problems[index]);
      if (allowed.length === 0) return problems.map(refused);
      const seats = await take(tx, deps, allowed, clock.heldUntil);
      const made = await holds.insertEach(tx, clock, seats);
      await outbox.append(
        tx,
        ...allowed.map(({ wish, entryId }, index) => ({
          type: 'reservation.held' as const,
          concertId: wish.concertId,
          userId: wish.userId,
          entryId,
          reservationIds: (made[index] ?? []).map(({ reservationId }) => reservationId),
          holdUntil: isoOf(clock.heldUntil),
        })),
      );
      const left = made.values();
      return problems.map((problem) =>
        problem ? refused(problem) : { value: { reservations: left.next().value ?? [] } },
      );
    },
  };
}

const refused = (problem: Problem | undefined): { problem: Problem } => {
  if (!problem) throw new BatchUndone();
  return { problem };
};

async function lockAll(
  tx: Tx,
  { batches, holdSeconds }: HoldBatchDeps,
  wishes: readonly SeatWish[],
): Promise<HoldClock> {
  const userIds = wishes.map(({ wish }) => wish.userId);
  const locked = await batches.lockUsers(tx, userIds, holdSeconds);
  const clock = locked.at(-1);
  if (!clock || locked.length !== wishes.length) throw new BatchUndone();
  return clock;
}

/** All the seats, each of the date that it was asked for, by number. */
async function take(
  tx: Tx,
  { holds, batches }: HoldBatchDeps,
  wishes: readonly SeatWish[],
  heldUntil: string,
): Promise<OwnedSeats[]> {
  const seatIds = idsOf(wishes);
  if ((await holds.takeSeats(tx, seatIds, heldUntil)) !== seatIds.length) throw new BatchUndone();
  const seats = await batches.seats(tx, seatIds);
  return wishes.map(({ wish, entryId }) => {
    const own = seats.filter(
      ({ seatId, scheduleId }) =>
        String(scheduleId) === wish.scheduleId && wish.seats.ids.includes(String(seatId)),
    );
    if (own.length !== wish.seats.ids.length) throw new BatchUndone();
    own.sort((a, b) => a.seatNum - b.seatNum);
    return { ...wish, entryId, seats: own };
  });
}
