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
  /** Monotonic, in ms. */
  now: () => number;
}

const batchMax = 200;

interface Outcome {
  count: number;
  failure?: Error;
  refused?: true;
}

/** After these a concert may have no seat left to sell. */
const mayEndSale = new Set(['payment.completed', 'schedule.cancelled']);

export function createRelay(deps: RelayDeps): Relay {
  const { database, outbox, delivery, fanOut, logger, now } = deps;
  /** Halved after a refusal until the event that nobody can read stands alone. */
  let batchSize = batchMax;
  const held = createHeldConcerts(now);

  const due = (tx: Tx) => outbox.due(tx, { batchMax: batchSize, without: held.now() });

  /** The gateway is there: what it can read does not wait for what it cannot. */
  async function noteRefused(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
    const [only] = events;
    const ids = events.map(({ event }) => event.eventId);
    if (!only || events.length > 1) {
      batchSize = Math.max(1, Math.floor(events.length / 2));
      return outbox.markFailed(tx, ids);
    }
    const { eventId, concertId, type } = only.event;
    if (held.refused(concertId, eventId) === 'hold') {
      logger.warn({ eventId, type, concertId }, 'an event was refused: its concert waits');
      return outbox.markFailed(tx, ids);
    }
    logger.error({ eventId, type }, 'an event was refused again and again: parked');
    return outbox.park(tx, eventId);
  }

  /** A failure is returned, not thrown: what was noted of it is to be committed. */
  async function deliverBatch(tx: Tx): Promise<Outcome> {
    if (!(await outbox.takeLease(tx))) return { count: 0 };
    const events = await withEnds(tx, outbox, () => due(tx));
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
        return { count: 0, refused: true };
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
      const { count, failure, refused } = await database.transaction(deliverBatch);
      if (failure) throw failure;
      if (refused) return 'more';
      batchSize = Math.min(batchMax, size * 2);
      return count >= size ? 'more' : 'idle';
    },
  };
}

/** What is due, with the end of each sale that was noticed by it. */
async function withEnds(
  tx: Tx,
  outbox: OutboxRepository,
  due: () => Promise<StoredEvent[]>,
): Promise<StoredEvent[]> {
  const events = await due();
  const paid = events.filter(({ event }) => mayEndSale.has(event.type));
  let soldOut = false;
  for (const concertId of new Set(paid.map(({ event }) => event.concertId))) {
    if (!(await outbox.isNewlySoldOut(tx, concertId))) continue;
    await outbox.append(tx, { type: 'concert.sold-out', concertId });
    soldOut = true;
  }
  return soldOut ? due() : events;
}

/** An event that was refused so often, alone, is parked: after about a quarter of a minute. */
const refusalsMax = 5;
const holdMs = 1_000;
/** Beyond it the oldest is tried again before its time. */
const heldMax = 64;

/**
 * Concerts whose next event the gateway cannot read. Their events wait, in order, and are tried again
 * after 1, 2, 4 and 8 s: it may be a gateway that is just being replaced. Others go on meanwhile.
 */
function createHeldConcerts(now: () => number) {
  const held = new Map<string, { eventId: string; refusals: number; until: number }>();
  return {
    now: (): string[] =>
      [...held].filter(([, { until }]) => until > now()).map(([concertId]) => concertId),
    refused(concertId: string, eventId: string): 'hold' | 'park' {
      const before = held.get(concertId);
      const refusals = before?.eventId === eventId ? before.refusals + 1 : 1;
      held.delete(concertId);
      if (refusals >= refusalsMax) return 'park';
      held.set(concertId, { eventId, refusals, until: now() + holdMs * 2 ** (refusals - 1) });
      const [oldest] = held.keys();
      if (held.size > heldMax && oldest !== undefined) held.delete(oldest);
      return 'hold';
    },
  };
}
