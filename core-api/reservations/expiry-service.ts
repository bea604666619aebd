import type { Database } from '../db/database.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { ExpireHolds } from './expire-holds.ts';
import type { ExpiryRepository } from './expiry-repository.ts';

export interface ExpiryService {
  /**
   * Tidies up behind overdue holds: reservation EXPIRED, seat AVAILABLE. Buyers do not depend on
   * it, an overdue seat is free at once. Several instances share the work: what one has locked,
   * the others pass over.
   * @returns `more` when there were as many as a batch has and some of them could be ended.
   */
  expireOverdue(): Promise<'more' | 'idle'>;
}

export interface ExpiryServiceDeps {
  database: Database;
  expiry: ExpiryRepository;
  expireHolds: ExpireHolds;
  outbox: Outbox;
}

const batchMax = 100;

export function createExpiryService(deps: ExpiryServiceDeps): ExpiryService {
  const { database, expiry, expireHolds, outbox } = deps;
  return {
    expireOverdue: async () => {
      const candidates = await expiry.candidates(batchMax);
      if (candidates.length === 0) return 'idle';
      const done = await database.transaction(async (tx) => {
        const seatIds = await expiry.lockAvailable(tx, candidates);
        if (seatIds.length === 0) return 0;
        const expired = await expireHolds(tx, seatIds);
        await expiry.freeSeats(tx, seatIds);
        return expired;
      });
      if (done > 0) outbox.kick();
      // One that is busy keeps nobody behind it waiting.
      return done > 0 && candidates.length === batchMax ? 'more' : 'idle';
    },
  };
}
