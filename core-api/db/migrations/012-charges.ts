import { dropTables, tableOptions, timestamps, word } from './columns.ts';
import type { Migration } from './index.ts';

/**
 * A charge that a payment provider confirms later. It is CREDITED exactly when it has its row in
 * the ledger, and no two charges share one. `told_at`: the provider knows of it.
 */
const charge = `CREATE TABLE IF NOT EXISTS charge (
  charge_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id BIGINT NOT NULL,
  amount INT NOT NULL,
  ${word('charge_status', ['PENDING', 'CREDITED', 'FAILED', 'EXPIRED'], 'PENDING')},
  expires_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  point_history_id BIGINT NULL DEFAULT NULL,
  provider_reference VARCHAR(128) NULL DEFAULT NULL,
  pay_url VARCHAR(2000) NULL DEFAULT NULL,
  told_at TIMESTAMP(6) NULL DEFAULT NULL,
  attempts INT NOT NULL DEFAULT 0,
  next_try_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  ${timestamps},
  UNIQUE KEY uq_charge_history (point_history_id),
  KEY ix_charge_user (user_id, charge_status),
  KEY ix_charge_overdue (charge_status, expires_at),
  KEY ix_charge_untold (told_at, charge_status, next_try_at),
  CONSTRAINT fk_charge_user FOREIGN KEY (user_id) REFERENCES users (user_id),
  CONSTRAINT fk_charge_history FOREIGN KEY (point_history_id)
    REFERENCES point_history (point_history_id),
  CONSTRAINT ck_charge_amount CHECK (amount > 0),
  CONSTRAINT ck_charge_credited CHECK
    ((charge_status = 'CREDITED') = (point_history_id IS NOT NULL))
) ${tableOptions}`;

export const charges: Migration = {
  name: '012-charges',
  up: [charge],
  down: dropTables('charge'),
};
