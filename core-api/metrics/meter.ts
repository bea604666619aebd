import type { PeerCheck } from '../http/peer-check.ts';
import type { EventDelivery } from '../outbox/event-delivery.ts';
import type { CoreMetrics } from './core-metrics.ts';

/** Each of these wraps a part and counts what goes through it. */

export function meterDelivery(delivery: EventDelivery, { delivered }: CoreMetrics): EventDelivery {
  return {
    ...delivery,
    async deliver(events) {
      const outcome = await delivery.deliver(events);
      if (outcome === 'delivered') for (const { type } of events) delivered.inc({ type });
      return outcome;
    },
  };
}

export function meterCallers(check: PeerCheck, { acting }: CoreMetrics): PeerCheck {
  return {
    ...check,
    async verify(...args) {
      const caller = await check.verify(...args);
      if (caller.room !== null && caller.entryId !== null) acting.note(caller.room, caller.entryId);
      return caller;
    },
  };
}
