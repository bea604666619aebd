import type { OwnSchedule, Schedule } from '../../shared/contracts/concerts.ts';
import type { Inventory } from '../../shared/contracts/internal.ts';
import { Problem } from '../../shared/problems.ts';
import type { ConcertService } from '../concerts/concert-service.ts';
import { createFlights } from '../db/flights.ts';
import { sqlMoment } from '../db/sql-moment.ts';
import type { Transact } from '../db/transaction.ts';
import { type Document, toDocument } from '../http/document.ts';
import type { ScheduleFields, ScheduleIds, ScheduleRepository } from './schedule-repository.ts';
import { type ConcertCounts, sellableOf, toInventory, toSchedule } from './schedule-rules.ts';

export interface ScheduleInput {
  concertDt: string;
  totalSeat: number;
  status: 'ACTIVE' | 'INACTIVE';
}

export interface ScheduleService {
  /**
   * The dates as the reply's JSON.
   * @throws Problem `not-found` for a concert that is not offered
   */
  list(concertId: string, options: { availableOnly: boolean }): Promise<Document>;
  /** As their owner sees them, also withdrawn ones. @throws Problem `not-found` */
  all(concertId: string): Promise<OwnSchedule[]>;
  /** @throws Problem `not-found` */
  inventory(concertId: string): Promise<Inventory>;
  /** @throws Problem `not-found`, `invalid-request` */
  create(
    concertId: string,
    fields: Omit<ScheduleInput, 'status'>,
  ): Promise<{ concertScheduleId: string }>;
  /** @throws Problem `not-found`, `invalid-request` */
  change(ids: ScheduleIds, fields: Partial<ScheduleInput>): Promise<Schedule>;
}

export interface ScheduleServiceDeps {
  schedules: ScheduleRepository;
  concerts: ConcertService;
  transaction: Transact;
}

export function createScheduleService(deps: ScheduleServiceDeps): ScheduleService {
  const { schedules, concerts, transaction } = deps;
  const flights = createFlights((concertId) => schedules.countsOf(concertId));
  const shown = createFlights((concertId) => schedules.shownCountsOf(concertId));

  async function countsOf(concertId: string): Promise<ConcertCounts> {
    const counts = await flights(concertId);
    if (!counts) throw new Problem('not-found');
    return counts;
  }

  return {
    list: async (concertId, { availableOnly }) => {
      const { concertStatus, schedules: all = [] } = (await shown(concertId)) ?? {};
      if (concertStatus !== 'ACTIVE') throw new Problem('not-found');
      const offered = all.filter(
        (counts) => counts.status === 'ACTIVE' && (!availableOnly || sellableOf(counts) > 0),
      );
      return toDocument(JSON.stringify({ items: offered.map(toSchedule), nextCursor: null }));
    },
    all: async (concertId) =>
      (await countsOf(concertId)).schedules.map((counts) => ({
        ...toSchedule(counts),
        status: counts.status,
      })),
    inventory: async (concertId) => toInventory(concertId, (await countsOf(concertId)).schedules),
    create: async (concertId, { concertDt, totalSeat }) => {
      const fields = { concertDt: sqlMoment('body.concertDt', concertDt), totalSeat };
      await concerts.get(concertId);
      return { concertScheduleId: await schedules.create(concertId, fields) };
    },
    change: async (ids, { concertDt, ...rest }) => {
      const fields: Partial<ScheduleFields> = { ...rest };
      if (concertDt !== undefined) fields.concertDt = sqlMoment('body.concertDt', concertDt);
      await transaction(async (tx) => {
        if (!(await schedules.lock(tx, ids))) throw new Problem('not-found');
        const seats = await schedules.seatCount(tx, ids.scheduleId);
        if (fields.totalSeat !== undefined && fields.totalSeat < seats) throw tooFew(seats);
        await schedules.change(tx, ids.scheduleId, fields);
      });
      return scheduleOf(await countsOf(ids.concertId), ids.scheduleId);
    },
  };
}

function scheduleOf(counts: ConcertCounts, scheduleId: string): Schedule {
  const found = counts.schedules.find((one) => String(one.concertScheduleId) === scheduleId);
  if (!found) throw new Problem('not-found');
  return toSchedule(found);
}

const tooFew = (seats: number): Problem =>
  new Problem('invalid-request', {
    errors: [{ path: 'body.totalSeat', message: `must be at least the ${seats} seats there are` }],
  });
