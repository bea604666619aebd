import { dropTables, tableOptions, timestamps, word } from './columns.ts';
import type { Migration } from './index.ts';

/**
 * Policy of a concert's waiting room. It lives here and not in Redis, so that it survives the
 * loss of Redis. A concert without a row has the defaults at version 1.
 */
const roomPolicy = `CREATE TABLE IF NOT EXISTS room_policy (
  concert_id BIGINT NOT NULL PRIMARY KEY,
  version INT NOT NULL,
  max_active INT NOT NULL,
  admit_per_second DOUBLE NOT NULL,
  claim_seconds INT NOT NULL,
  active_seconds INT NOT NULL,
  idle_seconds INT NOT NULL,
  grace_seconds INT NOT NULL,
  max_waiting INT NOT NULL,
  opens_at TIMESTAMP(6) NULL DEFAULT NULL,
  pre_queue_opens_at TIMESTAMP(6) NULL DEFAULT NULL,
  ${word('queue_order', ['fifo', 'draw'], 'fifo')},
  message VARCHAR(500) NULL,
  ${word('control', ['OPEN', 'PAUSED', 'DRAINING', 'CLOSED'], 'OPEN')},
  ${timestamps},
  CONSTRAINT fk_policy_concert FOREIGN KEY (concert_id) REFERENCES concert (concert_id)
) ${tableOptions}`;

/** Who changed a room, when, from what to what. Rows are only ever added. */
const roomAudit = `CREATE TABLE IF NOT EXISTS room_audit (
  room_audit_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  concert_id BIGINT NOT NULL,
  user_id BIGINT NULL,
  action VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state_before TEXT NOT NULL,
  state_after TEXT NOT NULL,
  ${timestamps},
  KEY ix_audit_concert (concert_id, room_audit_id),
  CONSTRAINT fk_audit_concert FOREIGN KEY (concert_id) REFERENCES concert (concert_id)
) ${tableOptions}`;

export const rooms: Migration = {
  name: '005-rooms',
  up: [roomPolicy, roomAudit],
  down: dropTables('room_audit', 'room_policy'),
};
