import type { Delivery, Webhook } from '../../shared/contracts/webhooks.ts';
import { type Page, type PageQuery, pageRows, toPage } from '../db/page.ts';
import type { Statements } from '../db/statements.ts';

type EventTypes = Webhook['events'];

const columns = `w.webhook_id AS webhookId, w.url, w.events, w.webhook_status AS status,
    w.disabled_reason AS disabledReason, w.failing_since AS failingSince,
    w.created_at AS createdAt, (SELECT COUNT(*) FROM webhook_delivery d
      WHERE d.webhook_id = w.webhook_id AND d.delivery_state = 'PENDING') AS pending`;
const findSql = `SELECT ${columns} FROM webhook w WHERE w.webhook_id = ?`;
const listSql = `SELECT ${columns} FROM webhook w
  WHERE w.webhook_id < ? ORDER BY w.webhook_id DESC LIMIT ?`;
const insertSql = 'INSERT INTO webhook (url, events, secret) VALUES (?, ?, ?)';

/**
 * Nothing is held against it any more, and it is tried at once, unless an instance delivers to it
 * at this moment.
 */
const changeSql = `UPDATE webhook SET url = COALESCE(?, url), events = COALESCE(?, events),
    disabled_reason = CASE WHEN ? IS NULL THEN disabled_reason ELSE NULL END,
    failing_since = NULL, failures = 0,
    next_try_at = CASE WHEN claim IS NULL THEN SYSDATE(6) ELSE next_try_at END,
    webhook_status = COALESCE(?, webhook_status)
  WHERE webhook_id = ?`;

const deliveryColumns = `delivery_id AS deliveryId, event_id AS eventId, event_type AS eventType,
    delivery_state AS state, attempts, last_status AS lastStatus, last_error AS lastError,
    last_tried_at AS lastTriedAt, created_at AS createdAt`;
const deliveriesSql = `SELECT ${deliveryColumns} FROM webhook_delivery
  WHERE webhook_id = ? AND delivery_id < ? ORDER BY delivery_id DESC LIMIT ?`;
const deliverySql = `SELECT ${deliveryColumns} FROM webhook_delivery WHERE delivery_id = ?`;
const redeliverSql = `INSERT INTO webhook_delivery (webhook_id, event_id, event_type, payload)
  SELECT webhook_id, event_id, event_type, payload FROM webhook_delivery
  WHERE webhook_id = ? AND delivery_id = ?`;

const tidySql = (batchMax: number): readonly string[] => [
  `DELETE FROM webhook_delivery WHERE delivery_state <> 'PENDING'
    AND created_at < SYSDATE(6) - INTERVAL 7 DAY LIMIT ${batchMax}`,
  `DELETE FROM webhook_delivery WHERE delivery_state = 'PENDING'
    AND created_at < SYSDATE(6) - INTERVAL 30 DAY LIMIT ${batchMax}`,
];

/** Above every id there can be. */
const noCursor = String(Number.MAX_SAFE_INTEGER);

export interface WebhookFields {
  url?: string | undefined;
  events?: EventTypes | undefined;
  status?: Webhook['status'] | undefined;
}

export interface WebhookRepository {
  add(webhook: { url: string; events: EventTypes; secret: string }): Promise<string>;
  find(webhookId: string): Promise<Webhook | undefined>;
  /** Newest first. */
  list(page: PageQuery): Promise<Page<Webhook>>;
  /** Fields left out stay. */
  change(webhookId: string, fields: WebhookFields): Promise<void>;
  remove(webhookId: string): Promise<void>;
  /** Newest first. */
  deliveries(webhookId: string, page: PageQuery): Promise<Page<Delivery>>;
  /** A new delivery of the same event; undefined: there is no such delivery. */
  redeliver(webhookId: string, deliveryId: string): Promise<Delivery | undefined>;
  /** What is old. @returns whether there may be more. */
  tidy(batchMax: number): Promise<boolean>;
}

export function createWebhookRepository(database: Statements): WebhookRepository {
  const { rows, run } = database;
  return {
    add: async ({ url, events, secret }) =>
      String((await run(insertSql, [url, JSON.stringify(events), secret])).insertId),
    find: async (webhookId) => {
      const [row] = await rows<WebhookRow>(findSql, [webhookId]);
      return row && toWebhook(row);
    },
    list: async (page) => {
      const found = await rows<WebhookRow>(listSql, [page.cursor ?? noCursor, pageRows(page)]);
      return toPage(found.map(toWebhook), page, ({ webhookId }) => webhookId);
    },
    change: async (webhookId, { url, events, status }) => {
      const names = events && JSON.stringify(events);
      const state = status ?? null;
      await run(changeSql, [url ?? null, names ?? null, state, state, webhookId]);
    },
    remove: async (webhookId) => {
      await run('DELETE FROM webhook WHERE webhook_id = ?', [webhookId]);
      await run('DELETE FROM webhook_delivery WHERE webhook_id = ?', [webhookId]);
    },
    deliveries: async (webhookId, page) => {
      const params = [webhookId, page.cursor ?? noCursor, pageRows(page)];
      const found = await rows<DeliveryRow>(deliveriesSql, params);
      return toPage(found.map(toDelivery), page, ({ deliveryId }) => deliveryId);
    },
    redeliver: async (webhookId, deliveryId) => {
      const { affectedRows, insertId } = await run(redeliverSql, [webhookId, deliveryId]);
      if (affectedRows === 0) return undefined;
      const [row] = await rows<DeliveryRow>(deliverySql, [insertId]);
      return row && toDelivery(row);
    },
    tidy: async (batchMax) => {
      const removed: number[] = [];
      for (const sql of tidySql(batchMax)) removed.push((await run(sql)).affectedRows);
      return removed.includes(batchMax);
    },
  };
}

type WebhookRow = Omit<Webhook, 'webhookId' | 'events' | 'failingSince' | 'createdAt'> & {
  webhookId: number;
  events: string;
  failingSince: Date | null;
  createdAt: Date;
};
type DeliveryRow = Omit<Delivery, 'deliveryId' | 'eventId' | 'lastTriedAt' | 'createdAt'> & {
  deliveryId: number;
  eventId: number;
  lastTriedAt: Date | null;
  createdAt: Date;
};

const toWebhook = (row: WebhookRow): Webhook => ({
  ...row,
  webhookId: String(row.webhookId),
  events: JSON.parse(row.events) as EventTypes,
  failingSince: row.failingSince?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
});

const toDelivery = (row: DeliveryRow): Delivery => ({
  ...row,
  deliveryId: String(row.deliveryId),
  eventId: String(row.eventId),
  lastTriedAt: row.lastTriedAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
});
