import type { Cancellation } from '../../shared/contracts/cancellations.ts';
import { Problem } from '../../shared/problems.ts';
import type { Database } from '../db/database.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { ScheduleIds } from '../schedules/schedule-repository.ts';
import type { CancellationRepository } from './cancellation-repository.ts';

export interface CancellationService {
  /**
   * Calls a date off, or says how far that has come. Nothing of the date is held or paid after
   * this has answered. @throws Problem `not-found`.
   */
  begin(ids: ScheduleIds, byUserId: string): Promise<Cancellation>;
  /** @throws Problem `not-found` for a date that was not cancelled. */
  progress(ids: ScheduleIds): Promise<Cancellation>;
}

export interface CancellationServiceDeps {
  database: Database;
  cancellations: CancellationRepository;
  outbox: Outbox;
  /** There is work for `GiveBack`. */
  wake: () => void;
}

/** Tens of thousands of seats are closed in one transaction. */
const closeTimeoutMs = 30_000;

export function createCancellationService(deps: CancellationServiceDeps): CancellationService {
  const { database, cancellations, outbox, wake } = deps;

  async function progress(ids: ScheduleIds): Promise<Cancellation> {
    const found = await cancellations.find(database, ids);
    if (!found) throw new Problem('not-found');
    return found;
  }

  return {
    progress,
    begin: async (ids, byUserId) => {
      await database.transaction(
        async (tx) => {
          if (!(await cancellations.lockSchedule(tx, ids))) throw new Problem('not-found');
          if (await cancellations.find(tx, ids)) return;
          await cancellations.close(tx, ids, byUserId);
          const { concertId, scheduleId: concertScheduleId } = ids;
          await outbox.append(tx, { type: 'schedule.cancelled', concertId, concertScheduleId });
        },
        { timeoutMs: closeTimeoutMs },
      );
      outbox.kick();
      wake();
      return progress(ids);
    },
  };
}
