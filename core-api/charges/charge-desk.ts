import type { Logger } from '../../shared/logger.ts';
import type { Database } from '../db/database.ts';
import type { ChargeRepository, OwnedCharge } from './charge-repository.ts';
import type { PaymentProvider } from './payment-provider.ts';

/**
 * Lets charges run out, and tells the provider of new ones: again and again, later each time, until
 * it took them. Several instances share the work. @returns `more` when a full batch was done.
 */
export type ChargeDesk = () => Promise<'more' | 'idle'>;

export interface ChargeDeskDeps {
  database: Database;
  charges: ChargeRepository;
  provider: PaymentProvider;
  logger: Logger;
}

const expireBatchMax = 500;
const tellBatchMax = 8;

export function createChargeDesk(deps: ChargeDeskDeps): ChargeDesk {
  const { database, charges, provider, logger } = deps;

  async function tell(charge: OwnedCharge): Promise<void> {
    if (provider.confirmsAtOnce) return;
    try {
      await charges.noteTold(charge.chargeId, await provider.tell(charge));
    } catch (error) {
      const { chargeId } = charge;
      logger.warn({ err: error, chargeId }, 'the payment provider could not be told of a charge');
    }
  }

  return async () => {
    if (provider.confirmsAtOnce) return 'idle';
    const expired = await charges.expire(expireBatchMax);
    const untold = await database.transaction((tx) => charges.takeUntold(tx, tellBatchMax));
    await Promise.all(untold.map(tell));
    return expired === expireBatchMax || untold.length === tellBatchMax ? 'more' : 'idle';
  };
}
