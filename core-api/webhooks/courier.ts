import type { Logger } from '../../shared/logger.ts';
import type { Database } from '../db/database.ts';
import type { Claimed, DeliveryRepository, PendingDelivery } from './delivery-repository.ts';
import type { WebhookSender } from './webhook-sender.ts';

/**
 * Delivers to subscribers, each by itself: in the order of its events, one after another, and never
 * waiting for another subscriber. An instance claims a subscriber for a while, so that two never
 * deliver to one at the same time.
 */
export interface Courier {
  /** Sets off to whoever is due; does not wait until they are there. */
  run(): Promise<'more' | 'idle'>;
  /** Ends when those under way are back. */
  close(): Promise<void>;
}

export interface CourierDeps {
  database: Database;
  deliveries: DeliveryRepository;
  sender: Pick<WebhookSender, 'send'>;
  newClaim: () => string;
  /** Somebody is back: there may be more. */
  wake: () => void;
  logger: Logger;
}

/** Subscribers at a time: a slow one keeps one of these for one timeout, then backs off. */
const parallelMax = 16;
const batchMax = 20;
/** After this long others have their turn. */
const runMaxMs = 10_000;
/** Nothing could be delivered for a day: it is disabled, and an admin sees so. */
const disableAfterSeconds = 86_400;
const gone = 410;

export function createCourier(deps: CourierDeps): Courier {
  const { database, deliveries, sender, newClaim, wake, logger } = deps;
  const underWay = new Set<Promise<void>>();
  let isOpen = true;

  async function noteFailure(to: Claimed, deliveryId: string, status: number | null) {
    await deliveries.backOff(to);
    const isGone = status === gone;
    const reason = isGone ? 'answered 410 Gone' : 'nothing could be delivered for a day';
    const failed = { deliveryId, isGone, reason, afterSeconds: disableAfterSeconds };
    if (!(await deliveries.disableFailing(to, failed))) return;
    logger.error({ webhookId: to.webhookId, reason }, 'a webhook was disabled');
  }

  /** @returns whether it arrived. */
  async function deliver(to: Claimed, { deliveryId, eventId, payload }: PendingDelivery) {
    const sent = await sender.send(to, { id: `evt_${eventId}`, body: payload });
    await deliveries.note(deliveryId, sent);
    if (!sent.ok) await noteFailure(to, deliveryId, sent.status);
    return sent.ok;
  }

  async function visit(to: Claimed): Promise<void> {
    const endsAt = performance.now() + runMaxMs;
    for (;;) {
      const pending = await deliveries.pending(to.webhookId, batchMax);
      for (const one of pending) {
        if (!isOpen || performance.now() > endsAt) return deliveries.release(to);
        if (!(await deliver(to, one))) return;
      }
      if (pending.length < batchMax) return deliveries.release(to);
    }
  }

  function setOff(to: Claimed): void {
    const visiting: Promise<void> = visit(to)
      .catch((error: unknown) => {
        // The claim runs out by itself.
        logger.warn({ err: error, webhookId: to.webhookId }, 'a webhook could not be served');
      })
      .finally(() => {
        underWay.delete(visiting);
        wake();
      });
    underWay.add(visiting);
  }

  return {
    run: async () => {
      const places = parallelMax - underWay.size;
      if (places <= 0 || !(await deliveries.isAnyDue())) return 'idle';
      const claim = newClaim();
      const claimed = await database.transaction((tx) =>
        deliveries.claim(tx, { claim, batchMax: places }),
      );
      for (const to of claimed) setOff(to);
      return 'idle';
    },
    close: async () => {
      isOpen = false;
      await Promise.all(underWay);
    },
  };
}
