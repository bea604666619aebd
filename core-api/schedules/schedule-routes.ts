import {
  changeSchedule,
  createSchedule,
  listAllSchedules,
  listSchedules,
} from '../../shared/contracts/concerts.ts';
import { getInventory } from '../../shared/contracts/internal.ts';
import type { Bind } from '../http/bind.ts';
import { documentAnswer } from '../http/document.ts';
import type { ScheduleService } from './schedule-service.ts';

export function scheduleRoutes(bind: Bind, schedules: ScheduleService): void {
  bind(listSchedules, async ({ params, query, ifNoneMatch }) => {
    const options = { availableOnly: query.available === true };
    return documentAnswer(await schedules.list(params.concertId, options), ifNoneMatch);
  });
  bind(listAllSchedules, async ({ params }) => ({
    items: await schedules.all(params.concertId),
    nextCursor: null,
  }));
  bind(getInventory, ({ params }) => schedules.inventory(params.concertId));
  bind(createSchedule, ({ params, body }) => schedules.create(params.concertId, body));
  bind(changeSchedule, ({ params, body }) => schedules.change(params, body));
}
