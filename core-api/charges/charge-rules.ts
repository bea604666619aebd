import type { ChargeStatus } from '../../shared/contracts/points.ts';
import { Problem } from '../../shared/problems.ts';

/** A charge with its row locked. */
export interface LockedCharge {
  amount: number;
  status: ChargeStatus;
  /** Its time has run out by the database's clock. */
  isOverdue: boolean;
}

/** What the provider says has become of a charge. */
export interface Confirmation {
  type: 'charge.succeeded' | 'charge.failed';
  amount: number;
}

/**
 * What a call back changes. The same one again changes nothing: providers repeat themselves.
 * @throws Problem `charge-mismatch` for another amount, `charge-closed` for money that came too
 *   late or is said to have failed after it was credited, in this order.
 */
export function settle(
  charge: LockedCharge,
  { type, amount }: Confirmation,
): 'credit' | 'fail' | 'nothing' {
  if (amount !== charge.amount) throw new Problem('charge-mismatch');
  const succeeded = type === 'charge.succeeded';
  switch (charge.status) {
    case 'PENDING':
      if (!succeeded) return 'fail';
      if (charge.isOverdue) throw new Problem('charge-closed');
      return 'credit';
    case 'CREDITED':
      if (!succeeded) throw new Problem('charge-closed');
      return 'nothing';
    case 'FAILED':
    case 'EXPIRED':
      if (succeeded) throw new Problem('charge-closed');
      return 'nothing';
  }
}
