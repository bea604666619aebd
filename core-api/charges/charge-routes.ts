import { chargePoint, getCharge, noticePayment } from '../../shared/contracts/points.ts';
import { answer } from '../http/answer.ts';
import type { Bind } from '../http/bind.ts';
import type { ChargeService } from './charge-service.ts';

export function chargeRoutes(bind: Bind, charges: ChargeService): void {
  bind(chargePoint, async ({ caller, body, idempotencyKey, signal }) => {
    const { userId } = caller;
    return answer(await charges.begin({ userId, amount: body.amount, idempotencyKey, signal }));
  });
  bind(getCharge, ({ caller, params }) => charges.get(caller.userId, params.chargeId));
  bind(noticePayment, ({ header, bodyBytes, body }) =>
    charges.notice({ header, body: bodyBytes }, body),
  );
}
