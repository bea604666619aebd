import type { Seat } from '../../shared/contracts/concerts.ts';
import { Problem } from '../../shared/problems.ts';
import { createFlights } from '../db/flights.ts';
import type { Transact } from '../db/transaction.ts';
import type { ScheduleIds, ScheduleRepository } from '../schedules/schedule-repository.ts';
import { type SeatRepository, type SeatTuple, toSeat } from './seat-repository.ts';
import { type NewSeat, refuseClash, refuseRepeatedNumbers } from './seat-rules.ts';

export interface SeatService {
  /**
   * Every seat of a date as the reply's JSON text.
   * @throws Problem `not-found`
   */
  list(ids: ScheduleIds): Promise<Buffer>;
  /** @throws Problem `not-found`, `invalid-request`, `seat-number-taken` */
  create(ids: ScheduleIds, seats: readonly NewSeat[]): Promise<{ created: number }>;
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
  const flights = createFlights(async (key) => {
    const rows = await seats.list(JSON.parse(key) as ScheduleIds);
    return rows && Buffer.from(toListJson(rows));
  });
  return {
    list: async ({ concertId, scheduleId }) => {
      const json = await flights(JSON.stringify({ concertId, scheduleId }));
      if (!json) throw new Problem('not-found');
      return json;
    },
    create: async (ids, list) => {
      refuseRepeatedNumbers(list);
      await transaction(
        async (tx) => {
          // Whoever adds seats to this date waits here, so that the checks below stay true.
          const schedule = await schedules.lock(tx, ids);
          if (!schedule) throw new Problem('not-found');
          const seatNums = await seats.seatNums(tx, ids.scheduleId);
          refuseClash(list, { seatNums, totalSeat: schedule.totalSeat });
          await seats.insert(tx, ids, list);
        },
        { timeoutMs: bulkTimeoutMs },
      );
      return { created: list.length };
    },
    changePrice: (ids, price) =>
      transaction(async (tx) => {
        const seat = await seats.lock(tx, ids);
        if (!seat) throw new Problem('not-found');
        if (seat.seatStatus !== 'AVAILABLE') {
          throw new Problem('seat-taken', { extra: { seatIds: [ids.seatId] } });
        }
        await seats.setPrice(tx, ids.seatId, price);
        return toSeat({ ...seat, price });
      }),
  };
}

/** Every value is a number or a word of ours, so that nothing needs escaping. */
function toListJson(rows: readonly SeatTuple[]): string {
  const items = rows.map(
    ([seatId, seatNum, price, seatStatus]) =>
      `{"seatId":"${seatId}","seatNum":${seatNum},"price":${price},"seatStatus":"${seatStatus}"}`,
  );
  return `{"items":[${items.join(',')}],"nextCursor":null}`;
}
