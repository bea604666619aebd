import type { Transact } from '../db/transaction.ts';
import type { CountRow, SeatCountRepository } from './seat-count-repository.ts';

/** Below this many rows of a date a sum costs next to nothing, and so does the look for the longest. */
const rowsMin = 32;
/** After a fold of so many the next one follows at once: other dates may have as many. */
const rowsMany = 200;
const rowsMax = 512;

/**
 * Folds the rows that changes of seats have added into one, in batches and on every instance at
 * once. The sum is the same before and after, for whoever reads meanwhile.
 */
export function createFoldCounts(deps: { counts: SeatCountRepository; transaction: Transact }) {
  const { counts, transaction } = deps;
  return async (): Promise<'more' | 'idle'> => {
    const scheduleId = await counts.longest(rowsMin);
    if (scheduleId === undefined) return 'idle';
    return transaction(async (tx) => {
      const rows = await counts.lockRows(tx, scheduleId, rowsMax);
      if (rows.length < 2) return 'idle';
      const sum = (of: keyof CountRow): number => rows.reduce((all, row) => all + row[of], 0);
      const by = { total: sum('total'), held: sum('held'), sold: sum('sold') };
      await counts.replace(tx, scheduleId, { rows, by });
      return rows.length >= rowsMany ? 'more' : 'idle';
    });
  };
}
