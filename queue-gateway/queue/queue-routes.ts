import { getChallenge } from '../../shared/contracts/challenges.ts';
import { deliverEvents } from '../../shared/contracts/internal.ts';
import {
  activateEntry,
  extendTurn,
  getMyEntry,
  joinQueue,
  leaveQueue,
} from '../../shared/contracts/queue.ts';
import type { Bind } from '../http/bind.ts';
import type { QueueService } from './queue-service.ts';

/** The calls of those who wait, and of the core. */
export function queueRoutes(bind: Bind, service: QueueService): void {
  bind(getChallenge, ({ params, user }) => service.challenge(user.userId, params.concertId));

  bind(joinQueue, async ({ params, user, body, request }) => {
    const { userId } = user;
    const comer = { userId, address: request.address, proof: body?.challenge };
    const { isNew, entry } = await service.join(comer, params.concertId);
    return { status: isNew ? joinQueue.status : joinQueue.alsoStatus, body: entry };
  });

  bind(getMyEntry, ({ queueToken }) => service.status(queueToken));

  bind(extendTurn, ({ queueToken }) => service.extend(queueToken));

  bind(activateEntry, ({ queueToken }) => service.activate(queueToken));

  bind(leaveQueue, async ({ queueToken }) => {
    await service.leave(queueToken);
    return undefined;
  });

  bind(deliverEvents, async ({ body }) => {
    await service.applyEvents(body.events);
    return undefined;
  });
}
