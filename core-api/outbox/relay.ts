import type { CoreEvent } from '../../shared/contracts/internal.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Database } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { EventDelivery } from './event-delivery.ts';
import type { OutboxRepository, StoredEvent } from './outbox-repository.ts';

export interface Relay {
  /**
   * Delivers what is due, in order, a batch at most. One instance at a time: it holds the lease's
   * row while it delivers, so that no two swap events of a concert.
   * @returns `more` when a full batch went out, `idle` when nothing is left or another one is at it.
   * @throws Error when the gateway is away: nothing is lost, the same events are due again.
   */
  deliverDue(): Promise<'more' | 'idle'>;
}

export interface RelayDeps {
  database: Database;
  outbox: OutboxRepository;
  delivery: Pick<EventDelivery, 'deliver'>;
  /** Leaves the events for who else wants them, in the transaction that first sees them. */
  fanOut: (tx: Tx, events: readonly CoreEvent[]) => Promise<void>;
  logger: Logger;
}

const batchMax = 200;
/** An event that was refused so often, alone, is parked. */
const refusalsMax = 5;

/** After these a concert may have no seat left to sell. */
const mayEndSale = new Set(['payment.completed', 'schedule.cancelled']);

export function createRelay({ database, outbox, delivery, fanOut, logger }: RelayDeps): Relay {
  /** Halved after a refusal until the event that nobody can read stands alone. */
  let batchSize = batchMax;

  async function readBatch(tx: Tx): Promise<StoredEvent[]> {
    const events = await outbox.due(tx, batchSize);
    const paid = events.filter(({ event }) => mayEndSale.has(event.type));
    let soldOut = false;
    for (const concertId of new Set(paid.map(({ event }) => event.concertId))) {
      if (!(await outbox.isNewlySoldOut(tx, concertId))) continue;
      await outbox.append(tx, { type: 'concert.sold-out', concertId });
      soldOut = true;
    }
    return soldOut ? outbox.due(tx, batchSize) : events;
  }

  async function noteRefused(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
    const [only] = events;
    const ids = events.map(({ event }) => event.eventId);
    if (only && events.length === 1 && only.attempts + 1 >= refusalsMax) {
      const { eventId, type } = only.event;
      logger.error({ eventId, type }, 'an event was refused again and again: parked');
      return outbox.park(tx, eventId);
    }
    batchSize = Math.max(1, Math.floor(events.length / 2));
    return outbox.markFailed(tx, ids);
  }

  /** A failure is returned, not thrown: what was noted of it is to be committed. */
  async function deliverBatch(tx: Tx): Promise<{ count: number; failure?: Error }> {
    if (!(await outbox.takeLease(tx))) return { count: 0 };
    const events = await readBatch(tx);
    if (events.length === 0) return { count: 0 };
    // Whatever becomes of this try, it is committed that there was one: fanned out once.
    await fanOut(
      tx,
      events.filter(({ attempts }) => attempts === 0).map(({ event }) => event),
    );
    const ids = events.map(({ event }) => event.eventId);
    try {
      const outcome = await delivery.deliver(events.map(({ event }) => event));
      if (outcome === 'refused') {
        await noteRefused(tx, events);
        return { count: 0, failure: new Error('the gateway refused events') };
      }
    } catch (cause) {
      await outbox.markFailed(tx, ids);
      return { count: 0, failure: new Error('events could not be delivered', { cause }) };
    }
    await outbox.markDelivered(tx, ids);
    return { count: events.length };
  }

  return {
    deliverDue: async () => {
      if (!(await outbox.isAnyDue())) return 'idle';
      const size = batchSize;
      const { count, failure } = await database.transaction(deliverBatch);
      if (failure) throw failure;
      batchSize = Math.min(batchMax, size * 2);
      return count >= size ? 'more' : 'idle';
    },
  };
}
