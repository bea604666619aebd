import { dropTables, rowStatus, tableOptions, timestamps, word } from './columns.ts';
import type { Migration } from './index.ts';

/**
 * Accounts and their points. `ascii_general_ci` makes `Alice` and `alice` one name; the contract
 * lets no other characters in.
 */
const users = `CREATE TABLE IF NOT EXISTS users (
  user_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  password_hash VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ${word('role', ['USER', 'ADMIN'], 'USER')},
  ${rowStatus},
  ${timestamps},
  UNIQUE KEY uq_users_user_name (user_name)
) ${tableOptions}`;

/** `version` counts the history rows: it is the sequence number of the last one. */
const point = `CREATE TABLE IF NOT EXISTS point (
  point_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id BIGINT NOT NULL,
  point INT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 0,
  ${rowStatus},
  ${timestamps},
  UNIQUE KEY uq_point_user (user_id),
  CONSTRAINT fk_point_user FOREIGN KEY (user_id) REFERENCES users (user_id),
  CONSTRAINT ck_point_not_negative CHECK (point >= 0)
) ${tableOptions}`;

export const accounts: Migration = {
  name: '001-accounts',
  up: [users, point],
  down: dropTables('point', 'users'),
};
