import type { CoreEvent } from '../../shared/contracts/internal.ts';
import { rowMarks } from '../db/new-rows.ts';
import { marks, padded, type Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import type { Sent } from './webhook-sender.ts';

const subscribersSql = 'SELECT webhook_id AS webhookId, events FROM webhook';

const insertSql = (count: number): string => `INSERT INTO webhook_delivery
  (webhook_id, event_id, event_type, payload) VALUES ${rowMarks(count, 4)}`;

/** Past those that others have locked, and not those that others deliver to. */
const dueSql = (batchMax: number): string => `SELECT w.webhook_id AS webhookId, w.url, w.secret
  FROM webhook w WHERE w.webhook_status = 'ACTIVE' AND w.next_try_at <= SYSDATE(6)
    AND EXISTS (SELECT 1 FROM webhook_delivery d
      WHERE d.webhook_id = w.webhook_id AND d.delivery_state = 'PENDING')
  ORDER BY w.next_try_at LIMIT ${batchMax} FOR UPDATE SKIP LOCKED`;

const anyDueSql = dueSql(1).replace(' FOR UPDATE SKIP LOCKED', '');

/** Longer than one run can take: a process that died gives its subscribers up by that. */
const claimSeconds = 60;
const claimSql = (count: number): string => `UPDATE webhook
  SET claim = ?, next_try_at = SYSDATE(6) + INTERVAL ${claimSeconds} SECOND
  WHERE webhook_id IN (${marks(count)})`;

const pendingSql = (batchMax: number): string => `SELECT delivery_id AS deliveryId,
    event_id AS eventId, payload FROM webhook_delivery
  WHERE webhook_id = ? AND delivery_state = 'PENDING' ORDER BY delivery_id LIMIT ${batchMax}`;

const noteSql = `UPDATE webhook_delivery SET delivery_state = ?, attempts = attempts + 1,
    last_status = ?, last_error = ?, last_tried_at = SYSDATE(6)
  WHERE delivery_id = ? AND delivery_state = 'PENDING'`;

/** 1 s, 2 s, 4 s … 5 min. Only by whom the claim belongs to: a late one changes nothing. */
const backOffSql = `UPDATE webhook SET claim = NULL, failures = failures + 1,
    failing_since = COALESCE(failing_since, SYSDATE(6)),
    next_try_at = SYSDATE(6) + INTERVAL LEAST(300, POW(2, LEAST(failures, 9))) SECOND
  WHERE webhook_id = ? AND claim = ?`;
const releaseSql = `UPDATE webhook SET claim = NULL, failures = 0, failing_since = NULL,
    next_try_at = SYSDATE(6) WHERE webhook_id = ? AND claim = ?`;

/** After a long failure, or when it says that it is gone for good. */
const disableSql = `UPDATE webhook SET webhook_status = 'DISABLED', disabled_reason = ?, claim = NULL
  WHERE webhook_id = ? AND webhook_status = 'ACTIVE' AND (?
    OR failing_since < SYSDATE(6) - INTERVAL ? SECOND)`;
/** What it failed on is given up, so that the rest goes on when it is switched on again. */
const giveUpSql = `UPDATE webhook_delivery SET delivery_state = 'FAILED'
  WHERE delivery_id = ? AND delivery_state = 'PENDING'`;

export interface Claimed {
  webhookId: string;
  url: string;
  secret: string;
  claim: string;
}

export interface PendingDelivery {
  deliveryId: string;
  eventId: string;
  payload: string;
}

export interface DeliveryRepository {
  /** A delivery for each subscriber that wants the event, in the order of the events. */
  fanOut(tx: Tx, events: readonly CoreEvent[]): Promise<void>;
  /** Whether there is anything to claim: what an idle courier asks. */
  isAnyDue(): Promise<boolean>;
  /** Subscribers with something to hear, this process's own for a while. */
  claim(tx: Tx, options: { claim: string; batchMax: number }): Promise<Claimed[]>;
  pending(webhookId: string, batchMax: number): Promise<PendingDelivery[]>;
  note(deliveryId: string, sent: Sent): Promise<void>;
  release(claimed: Claimed): Promise<void>;
  backOff(claimed: Claimed): Promise<void>;
  /** @returns whether it was disabled by this. */
  disableFailing(
    claimed: Claimed,
    failed: { deliveryId: string; isGone: boolean; reason: string; afterSeconds: number },
  ): Promise<boolean>;
}

export function createDeliveryRepository(database: Statements): DeliveryRepository {
  const { rows, run } = database;
  return {
    fanOut: async (tx, events) => {
      if (events.length === 0) return;
      const found = await tx.rows<{ webhookId: number; events: string }>(subscribersSql);
      const subscribers = found.map(({ webhookId, events: wanted }) => ({
        webhookId,
        wanted: new Set(JSON.parse(wanted) as string[]),
      }));
      const made = events.flatMap((event) =>
        subscribers
          .filter(({ wanted }) => wanted.has(event.type))
          .map(({ webhookId }) => [webhookId, event.eventId, event.type, JSON.stringify(event)]),
      );
      if (made.length > 0) await tx.run(insertSql(made.length), made.flat());
    },
    isAnyDue: async () => (await rows(anyDueSql)).length > 0,
    claim: async (tx, { claim, batchMax }) => {
      const due = await tx.rows<Omit<Claimed, 'webhookId'> & { webhookId: number }>(
        dueSql(batchMax),
      );
      if (due.length === 0) return [];
      const ids = padded(due.map(({ webhookId }) => String(webhookId)));
      await tx.run(claimSql(ids.length), [claim, ...ids]);
      return due.map((row) => ({ ...row, webhookId: String(row.webhookId), claim }));
    },
    pending: async (webhookId, batchMax) => {
      type Row = { deliveryId: number; eventId: number; payload: string };
      const found = await rows<Row>(pendingSql(batchMax), [webhookId]);
      return found.map(({ deliveryId, eventId, payload }) => ({
        deliveryId: String(deliveryId),
        eventId: String(eventId),
        payload,
      }));
    },
    note: async (deliveryId, { ok, status, error }) => {
      await run(noteSql, [ok ? 'DELIVERED' : 'PENDING', status, error, deliveryId]);
    },
    release: async ({ webhookId, claim }) => {
      await run(releaseSql, [webhookId, claim]);
    },
    backOff: async ({ webhookId, claim }) => {
      await run(backOffSql, [webhookId, claim]);
    },
    disableFailing: async ({ webhookId }, { deliveryId, isGone, reason, afterSeconds }) => {
      const params = [reason, webhookId, isGone ? 1 : 0, String(afterSeconds)];
      if ((await run(disableSql, params)).affectedRows === 0) return false;
      await run(giveUpSql, [deliveryId]);
      return true;
    },
  };
}
