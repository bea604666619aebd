import { dropTables, tableOptions, timestamps } from './columns.ts';
import type { Migration } from './index.ts';

/** What the core tells the gateway, written in the transaction of the thing that happened. */
const outboxEvent = `CREATE TABLE IF NOT EXISTS outbox_event (
  event_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  concert_id BIGINT NOT NULL,
  event_type VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload TEXT NOT NULL,
  attempts INT NOT NULL DEFAULT 0,
  next_attempt_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  delivered_at TIMESTAMP(6) NULL DEFAULT NULL,
  ${timestamps},
  KEY ix_outbox_due (delivered_at, next_attempt_at, event_id)
) ${tableOptions}`;

/** The stored answer of a call with an Idempotency-Key, in the transaction of its effect. */
const idempotencyKey = `CREATE TABLE IF NOT EXISTS idempotency_key (
  user_id BIGINT NOT NULL,
  call_name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  idem_key VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  fingerprint BINARY(32) NOT NULL,
  reply_status INT NOT NULL,
  reply_body MEDIUMTEXT NOT NULL,
  ${timestamps},
  PRIMARY KEY (user_id, call_name, idem_key),
  KEY ix_idempotency_created (created_at)
) ${tableOptions}`;

export const messages: Migration = {
  name: '004-messages',
  up: [outboxEvent, idempotencyKey],
  down: dropTables('idempotency_key', 'outbox_event'),
};
