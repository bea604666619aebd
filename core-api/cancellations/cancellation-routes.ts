import { cancelSchedule, getCancellation } from '../../shared/contracts/cancellations.ts';
import { answer } from '../http/answer.ts';
import type { Bind } from '../http/bind.ts';
import type { CancellationService } from './cancellation-service.ts';

export function cancellationRoutes(bind: Bind, cancellations: CancellationService): void {
  bind(cancelSchedule, async ({ caller, params }) => {
    const body = await cancellations.begin(params, caller.userId);
    return answer({ status: body.state === 'DONE' ? 200 : 202, body });
  });
  bind(getCancellation, ({ params }) => cancellations.progress(params));
}
