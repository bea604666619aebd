import type { Caller } from '../../shared/assertion.ts';
import type { Endpoint, Guard } from '../../shared/contracts/endpoint.ts';
import { Problem } from '../../shared/problems.ts';

type WithUser = 'user' | 'active+user' | 'admin';

/** The caller as the guard of the endpoint leaves it: an account where one is required. */
export type CallerOf<E extends Endpoint> = E['guard'] extends WithUser
  ? Caller & { userId: string }
  : Caller;

const needsUser = new Set<Guard>(['user', 'active+user', 'admin']);
const needsRoom = new Set<Guard>(['active', 'active+user']);

/**
 * What the gateway has checked is checked again, so that a mistake there opens nothing here.
 * @throws Problem in the order of docs/decisions/0007: account, role, room.
 */
export function checkGuard<E extends Endpoint>(
  endpoint: E,
  caller: Caller,
  concertId: string | undefined,
): CallerOf<E> {
  const { guard } = endpoint;
  if (needsUser.has(guard) && caller.userId === null) throw new Problem('access-token-required');
  if (guard === 'admin' && caller.role !== 'ADMIN') throw new Problem('forbidden');
  if (needsRoom.has(guard)) {
    if (caller.room === null || caller.entryId === null) throw new Problem('queue-token-required');
    if (caller.room !== concertId) throw new Problem('queue-token-wrong-room');
  }
  return caller as CallerOf<E>;
}
