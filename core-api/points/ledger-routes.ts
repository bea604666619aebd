import { chargePoint } from '../../shared/contracts/points.ts';
import { answer } from '../http/answer.ts';
import type { Bind } from '../http/bind.ts';
import type { LedgerService } from './ledger-service.ts';

export function ledgerRoutes(bind: Bind, ledger: LedgerService): void {
  bind(chargePoint, async ({ caller, body, idempotencyKey, signal }) =>
    answer(
      await ledger.charge({ userId: caller.userId, amount: body.amount, idempotencyKey, signal }),
    ),
  );
}
