import { dropTables, tableOptions, timestamps, word } from './columns.ts';
import type { Migration } from './index.ts';

const policyColumns = [
  `ALTER TABLE room_policy ADD COLUMN ${word('challenge', ['none', 'pow', 'captcha'], 'none')}`,
  'ALTER TABLE room_policy ADD COLUMN pow_difficulty INT NOT NULL DEFAULT 16',
];

/** Codes that stand for the challenge of a room. Only their hashes are kept. */
const bypassCode = `CREATE TABLE IF NOT EXISTS bypass_code (
  bypass_code_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  concert_id BIGINT NOT NULL,
  code_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  label VARCHAR(100) NOT NULL,
  uses_left INT NOT NULL CHECK (uses_left >= 0),
  ${timestamps},
  UNIQUE KEY uq_bypass_code (concert_id, code_hash),
  CONSTRAINT fk_bypass_concert FOREIGN KEY (concert_id) REFERENCES concert (concert_id)
) ${tableOptions}`;

/** Who used which code: one account uses a code up once, however often it joins with it. */
const bypassUse = `CREATE TABLE IF NOT EXISTS bypass_use (
  bypass_code_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  ${timestamps},
  PRIMARY KEY (bypass_code_id, user_id),
  CONSTRAINT fk_bypass_use_code FOREIGN KEY (bypass_code_id)
    REFERENCES bypass_code (bypass_code_id),
  CONSTRAINT fk_bypass_use_user FOREIGN KEY (user_id) REFERENCES users (user_id)
) ${tableOptions}`;

export const challenges: Migration = {
  name: '016-challenges',
  up: [...policyColumns, bypassCode, bypassUse],
  down: [
    ...dropTables('bypass_use', 'bypass_code'),
    'ALTER TABLE room_policy DROP COLUMN pow_difficulty',
    'ALTER TABLE room_policy DROP COLUMN challenge',
  ],
};
