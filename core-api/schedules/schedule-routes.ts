import { changeSchedule, createSchedule, listSchedules } from '../../shared/contracts/concerts.ts';
import { getInventory } from '../../shared/contracts/internal.ts';
import type { Bind } from '../http/bind.ts';
import type { ScheduleService } from './schedule-service.ts';

export function scheduleRoutes(bind: Bind, schedules: ScheduleService): void {
  bind(listSchedules, ({ params, query }) =>
    schedules.list(params.concertId, { availableOnly: query.available === true }),
  );
  bind(getInventory, ({ params }) => schedules.inventory(params.concertId));
  bind(createSchedule, ({ params, body }) => schedules.create(params.concertId, body));
  bind(changeSchedule, ({ params, body }) => schedules.change(params, body));
}
