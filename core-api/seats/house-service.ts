import { Problem } from '../../shared/problems.ts';
import type { Transact, Tx } from '../db/transaction.ts';
import type { ScheduleIds, ScheduleRepository } from '../schedules/schedule-repository.ts';
import type { ChosenSeat, HouseRepository, SeatChoice } from './house-repository.ts';
import type { SeatRepository } from './seat-repository.ts';

/** What an owner does with many seats of a date at once. */
export interface HouseService {
  /**
   * Prices by block, for the seats that nobody has.
   * @throws Problem `not-found`, `invalid-request` for a block that the date does not have
   */
  setPrices(
    ids: ScheduleIds,
    prices: readonly { block: string; price: number }[],
  ): Promise<{ changed: number; kept: number }>;
  /**
   * Takes seats out of the sale, or gives them back; all or none.
   * @throws Problem `not-found`, `seat-taken` with the ids of those that somebody has
   */
  setHouse(ids: ScheduleIds, choice: SeatChoice, house: boolean): Promise<{ changed: number }>;
}

export interface HouseServiceDeps {
  house: HouseRepository;
  seats: Pick<SeatRepository, 'bumpLayout'>;
  schedules: Pick<ScheduleRepository, 'lock'>;
  transaction: Transact;
}

const bulkTimeoutMs = 60_000;

export function createHouseService(deps: HouseServiceDeps): HouseService {
  const { house, seats, schedules, transaction } = deps;

  /** One owner at a time per date; the layout gets another version when `work` changed some. */
  const onSchedule = <T extends { changed: number }>(
    ids: ScheduleIds,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> =>
    transaction(
      async (tx) => {
        if (!(await schedules.lock(tx, ids))) throw new Problem('not-found');
        const result = await work(tx);
        if (result.changed > 0) await seats.bumpLayout(tx, ids.scheduleId);
        return result;
      },
      { timeoutMs: bulkTimeoutMs },
    );

  return {
    setPrices: (ids, prices) =>
      onSchedule(ids, async (tx) => {
        const result = { changed: 0, kept: 0 };
        for (const [row, { block, price }] of prices.entries()) {
          const changed = await house.setBlockPrice(tx, ids.scheduleId, { block, price });
          const { seats: count, taken } = await house.countBlock(tx, ids.scheduleId, block);
          if (count === 0) throw unknownBlock(row);
          result.changed += changed;
          result.kept += taken;
        }
        return result;
      }),
    setHouse: (ids, choice, isHouse) =>
      onSchedule(ids, async (tx) => {
        const chosen = await house.lock(tx, ids.scheduleId, choice);
        refuseMissing(chosen, choice);
        refuseTaken(chosen);
        const status = isHouse ? 'INACTIVE' : 'ACTIVE';
        return { changed: await house.setStatus(tx, ids.scheduleId, { choice, status }) };
      }),
  };
}

function refuseMissing(chosen: readonly ChosenSeat[], choice: SeatChoice): void {
  const wanted = 'seatIds' in choice ? choice.seatIds.length : 1;
  if (chosen.length < wanted) throw new Problem('not-found');
}

function refuseTaken(chosen: readonly ChosenSeat[]): void {
  const taken = chosen.filter(({ seatStatus }) => seatStatus !== 'AVAILABLE');
  if (taken.length === 0) return;
  throw new Problem('seat-taken', {
    extra: { seatIds: taken.map(({ seatId }) => String(seatId)) },
  });
}

const unknownBlock = (row: number): Problem =>
  new Problem('invalid-request', {
    errors: [{ path: `body.prices.${row}.block`, message: 'is no block of this date' }],
  });
