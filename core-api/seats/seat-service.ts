import type { Seat } from '../../shared/contracts/concerts.ts';
import { Problem } from '../../shared/problems.ts';
import type { Transact } from '../db/transaction.ts';
import type { ScheduleIds, ScheduleRepository } from '../schedules/schedule-repository.ts';
import { type SeatRepository, toSeat } from './seat-repository.ts';
import { parseSeatCsv } from './seat-csv-rules.ts';
import { type NewSeat, type PathOf, refuseClash, refuseRepeatedNumbers } from './seat-rules.ts';

/** What an owner does with the seats of a date. */
export interface SeatService {
  /** @throws Problem `not-found`, `invalid-request`, `seat-number-taken` */
  create(ids: ScheduleIds, seats: readonly NewSeat[]): Promise<{ created: number }>;
  /** The same from a CSV file; errors name its lines. */
  importCsv(ids: ScheduleIds, text: string): Promise<{ created: number }>;
  /** @throws Problem `not-found`, `seat-taken` */
  changePrice(ids: ScheduleIds & { seatId: string }, price: number): Promise<Seat>;
}

export interface SeatServiceDeps {
  seats: SeatRepository;
  schedules: ScheduleRepository;
  transaction: Transact;
}

/** 50,000 seats take seconds on a small machine. */
const bulkTimeoutMs = 60_000;

export function createSeatService({ seats, schedules, transaction }: SeatServiceDeps): SeatService {
  async function create(
    ids: ScheduleIds,
    list: readonly NewSeat[],
    pathOf: PathOf,
  ): Promise<{ created: number }> {
    refuseRepeatedNumbers(list, pathOf);
    await transaction(
      async (tx) => {
        // Whoever adds seats to this date waits here, so that the checks below stay true.
        const schedule = await schedules.lock(tx, ids);
        if (!schedule) throw new Problem('not-found');
        const seatNums = await seats.seatNums(tx, ids.scheduleId);
        refuseClash(list, { seatNums, totalSeat: schedule.totalSeat });
        await seats.insert(tx, ids, list);
        await seats.bumpLayout(tx, ids.scheduleId);
      },
      { timeoutMs: bulkTimeoutMs },
    );
    return { created: list.length };
  }

  return {
    create: (ids, list) => create(ids, list, (row) => `body.seats.${row}.seatNum`),
    importCsv: (ids, text) => {
      const { seats: list, lines } = parseSeatCsv(text);
      return create(ids, list, (row) => `body.${lines[row]}.seatNum`);
    },
    changePrice: (ids, price) =>
      transaction(async (tx) => {
        const seat = (await schedules.lock(tx, ids)) && (await seats.lock(tx, ids));
        if (!seat) throw new Problem('not-found');
        if (seat.seatStatus !== 'AVAILABLE') {
          throw new Problem('seat-taken', { extra: { seatIds: [ids.seatId] } });
        }
        await seats.setPrice(tx, ids.seatId, price);
        await seats.bumpLayout(tx, ids.scheduleId);
        return toSeat({ ...seat, price });
      }),
  };
}
