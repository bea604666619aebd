import { createPayments, listPayments, refundPayment } from '../../shared/contracts/payments.ts';
import { answer } from '../http/answer.ts';
import type { Bind } from '../http/bind.ts';
import type { PaymentService } from './payment-service.ts';

export function paymentRoutes(bind: Bind, payments: PaymentService): void {
  bind(createPayments, async ({ caller, params, body, idempotencyKey, signal }) => {
    const { userId, entryId } = caller;
    const who = { userId, entryId, ...params };
    return answer(await payments.pay({ ...who, ...body, idempotencyKey, signal }));
  });
  bind(refundPayment, async ({ caller, params, idempotencyKey, signal }) => {
    const { userId } = caller;
    const { paymentId } = params;
    return answer(await payments.refund({ userId, paymentId, idempotencyKey, signal }));
  });
  bind(listPayments, ({ caller, query }) => payments.list(caller.userId, query));
}
