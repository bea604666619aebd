import type { Migration } from './index.ts';

/**
 * When the holder came in, and which account of the owner's let them. In the reservation's own row,
 * so that one conditional UPDATE decides between a check-in and a refund.
 */
export const checkIns: Migration = {
  name: '010-check-ins',
  up: [
    `ALTER TABLE reservation ADD COLUMN checked_in_at TIMESTAMP(6) NULL DEFAULT NULL,
      ADD COLUMN checked_in_by BIGINT NULL DEFAULT NULL`,
  ],
  down: ['ALTER TABLE reservation DROP COLUMN checked_in_by, DROP COLUMN checked_in_at'],
};
