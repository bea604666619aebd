import { getPoint, listPointHistory } from '../../shared/contracts/points.ts';
import type { Bind } from '../http/bind.ts';
import type { PointService } from './point-service.ts';

export function pointRoutes(bind: Bind, points: PointService): void {
  bind(getPoint, ({ caller }) => points.balance(caller.userId));
  bind(listPointHistory, ({ caller, query }) => points.history(caller.userId, query));
}
