import { Problem } from '../../shared/problems.ts';

/** The balance of one account, with its row locked. */
export interface Account {
  pointId: string;
  point: number;
  /** Number of the newest history row; 0 before the first. */
  version: number;
  /** The database's clock when the row was locked, as SQL text in microseconds. */
  now: string;
  /** Between two ids of one INSERT. */
  idStep: number;
}

/** A change of the balance. `amount` is signed: positive in, negative out. */
export interface Entry {
  amount: number;
  type: 'CHARGE' | 'USE' | 'REFUND';
  /** Null for a CHARGE, and only there. */
  paymentId: string | null;
}

export interface HistoryRow extends Entry {
  seq: number;
  pointAfterTransaction: number;
}

/** The history rows of a few changes at once: each follows from the one before. */
export function chain(
  { point, version }: Pick<Account, 'point' | 'version'>,
  entries: readonly Entry[],
): HistoryRow[] {
  let after = point;
  return entries.map((entry, index) => {
    after += entry.amount;
    return { ...entry, seq: version + 1 + index, pointAfterTransaction: after };
  });
}

/** @throws Problem `point-limit-exceeded` when the balance would pass its largest value. */
export function checkCharge(point: number, amount: number, pointBalanceMax: number): void {
  if (point + amount > pointBalanceMax) throw new Problem('point-limit-exceeded');
}
