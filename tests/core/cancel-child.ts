import { openOutside } from '../../core-api/compose-outside.ts';
import { composeSales } from '../../core-api/compose-sales.ts';
import { createDatabase } from '../../core-api/db/database.ts';
import { createNoLocks } from '../../core-api/lock/lock-service.ts';
import { createLogger } from '../../shared/logger.ts';

/** A process that gives back until it is killed: `node --import tsx cancel-child.ts <database>`. */
const logger = createLogger({ service: 'test', level: 'warn' });
const database = createDatabase({
  databaseUrl: String(process.argv[2]),
  poolMax: 2,
  acquireTimeoutMs: 5_000,
  statementTimeoutMs: 5_000,
  logger,
});
const outside = openOutside({
  paymentProvider: 'sandbox',
  paymentProviderUrl: undefined,
  paymentWebhookKeys: undefined,
  webhookAddresses: 'any',
});
const { afterSales } = composeSales({
  database,
  locks: createNoLocks(),
  logger,
  delivery: { deliver: () => Promise.resolve('delivered'), close: () => Promise.resolve() },
  holdSeconds: 300,
  pointChargeMax: 1,
  pointBalanceMax: 1,
  outside,
});
while ((await afterSales.giveBack()) === 'more');
await outside.close();
await database.close();
