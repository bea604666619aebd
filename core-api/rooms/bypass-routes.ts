import { createBypassCodes, redeemBypassCode } from '../../shared/contracts/challenges.ts';
import type { Bind } from '../http/bind.ts';
import type { BypassService } from './bypass-service.ts';

export function bypassRoutes(bind: Bind, bypass: BypassService): void {
  bind(createBypassCodes, ({ params, body, caller }) =>
    bypass.create(params.concertId, body, caller),
  );
  bind(redeemBypassCode, ({ params, body }) => bypass.redeem(params.concertId, body));
}
