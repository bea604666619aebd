import { listParkedEvents, retryEvent } from '../../shared/contracts/events.ts';
import { Problem } from '../../shared/problems.ts';
import type { Bind } from '../http/bind.ts';
import type { Outbox } from './outbox.ts';
import type { ParkedRepository } from './parked-repository.ts';

/** What an operator sees of events that were refused for good, and can do once the cause is gone. */
export function parkedRoutes(bind: Bind, parked: ParkedRepository, outbox: Outbox): void {
  bind(listParkedEvents, ({ query }) => parked.list(query));
  bind(retryEvent, async ({ params: { eventId } }) => {
    if (!(await parked.retry(eventId))) throw new Problem('not-found');
    outbox.kick();
    return { eventId };
  });
}
