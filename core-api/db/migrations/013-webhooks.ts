import { dropTables, tableOptions, timestamps, word } from './columns.ts';
import type { Migration } from './index.ts';

/**
 * Who wants to hear of events, outside. `claim` and `next_try_at`: the instance that delivers to it
 * now, and until when nobody else does; after a failure, when it is tried again.
 */
const webhook = `CREATE TABLE IF NOT EXISTS webhook (
  webhook_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  url VARCHAR(2000) NOT NULL,
  events TEXT NOT NULL,
  secret VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ${word('webhook_status', ['ACTIVE', 'DISABLED'], 'ACTIVE')},
  disabled_reason VARCHAR(200) NULL DEFAULT NULL,
  failures INT NOT NULL DEFAULT 0,
  failing_since TIMESTAMP(6) NULL DEFAULT NULL,
  next_try_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  claim VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL DEFAULT NULL,
  ${timestamps},
  KEY ix_webhook_due (webhook_status, next_try_at)
) ${tableOptions}`;

/**
 * One event for one subscriber, and what became of it. Without a foreign key: writing events must
 * never wait for a row that a delivery has locked.
 */
const webhookDelivery = `CREATE TABLE IF NOT EXISTS webhook_delivery (
  delivery_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  webhook_id BIGINT NOT NULL,
  event_id BIGINT NOT NULL,
  event_type VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload TEXT NOT NULL,
  ${word('delivery_state', ['PENDING', 'DELIVERED', 'FAILED'], 'PENDING')},
  attempts INT NOT NULL DEFAULT 0,
  last_status INT NULL DEFAULT NULL,
  last_error VARCHAR(200) NULL DEFAULT NULL,
  last_tried_at TIMESTAMP(6) NULL DEFAULT NULL,
  ${timestamps},
  KEY ix_delivery_webhook (webhook_id, delivery_state, delivery_id),
  KEY ix_delivery_old (delivery_state, created_at)
) ${tableOptions}`;

export const webhooks: Migration = {
  name: '013-webhooks',
  up: [webhook, webhookDelivery],
  down: dropTables('webhook_delivery', 'webhook'),
};
