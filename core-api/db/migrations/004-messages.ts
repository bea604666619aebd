import { dropTables, tableOptions, timestamps } from './columns.ts';
import type { Migration } from './index.ts';

/**
 * What the core tells the gateway, written in the transaction of the thing that happened.
 * `parked_at`: refused again and again, taken out of the way of the events behind it.
 */
const outboxEvent = `CREATE TABLE IF NOT EXISTS outbox_event (
  event_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  concert_id BIGINT NOT NULL,
  event_type VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload TEXT NOT NULL,
  attempts INT NOT NULL DEFAULT 0,
  delivered_at TIMESTAMP(6) NULL DEFAULT NULL,
  parked_at TIMESTAMP(6) NULL DEFAULT NULL,
  ${timestamps},
  KEY ix_outbox_due (delivered_at, parked_at, event_id),
  KEY ix_outbox_concert (concert_id, event_type)
) ${tableOptions}`;

/** One row per thing that only one instance may do at a time: locked while it is done. */
const lease = `CREATE TABLE IF NOT EXISTS lease (
  lease_name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY
) ${tableOptions}`;
const leaseRows = "INSERT IGNORE INTO lease (lease_name) VALUES ('outbox')";

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
  up: [outboxEvent, lease, leaseRows, idempotencyKey],
  down: dropTables('idempotency_key', 'lease', 'outbox_event'),
};
