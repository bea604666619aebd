import type { IncomingMessage } from 'node:http';
import type { Endpoint } from '../../shared/contracts/endpoint.ts';
import { type Caller, nobody } from '../../shared/assertion.ts';
import { Problem } from '../../shared/problems.ts';
import type { Limits } from '../limits/limit-service.ts';
import type { AccessClaims, AccessTokens } from '../tokens/access-token.ts';
import type { ActiveClaims } from '../tokens/active-token.ts';
import type { QueueClaims, QueueTokens } from '../tokens/queue-tokens.ts';
import type { WaitingClaims } from '../tokens/waiting-token.ts';
import type { EdgeBindings } from './edge-env.ts';

/** Where a waiting token stands; before a draw there is no position. */
export interface WaitingSummary {
  position: number | null;
  pollAfterMs: number;
}

/** What the guard asks of the line. */
export interface LineGate {
  /** From memory: why this entry has ended, as far as this process has heard. */
  endedReason(claims: ActiveClaims): string | undefined;
  /** Where a waiting token stands. */
  waitingSummary(claims: WaitingClaims): WaitingSummary | Promise<WaitingSummary>;
}

/** Who called, as far as the endpoint's guard asks. */
export interface Passed {
  user: AccessClaims | undefined;
  queueToken: QueueClaims | undefined;
}

export interface GuardOptions {
  accessTokens: AccessTokens;
  queueTokens: QueueTokens;
  line: LineGate;
  limits: Limits;
}

/**
 * Checks the credentials an endpoint asks for. `roomId` is the concert of the path.
 * @throws Problem in the order that `bind.ts` writes down.
 */
export type Guard = (
  endpoint: Endpoint,
  request: EdgeBindings,
  roomId: string | undefined,
) => Passed | Promise<Passed>;

const scheme = 'bearer ';

/** RFC 6750 §2.1; by hand, because a pattern would go through hundreds of characters each time. */
function bearerOf(authorization: string): string | undefined {
  const at = scheme.length;
  const isBearer = authorization.slice(0, at).toLowerCase() === scheme;
  if (!isBearer || authorization.length === at || authorization.includes(' ', at)) return undefined;
  return authorization.slice(at);
}

function readUser(
  accessTokens: AccessTokens,
  incoming: IncomingMessage,
): AccessClaims | Promise<AccessClaims> {
  const { authorization } = incoming.headers;
  if (authorization === undefined) throw new Problem('access-token-required');
  const token = bearerOf(authorization);
  if (token === undefined) throw new Problem('access-token-invalid');
  return accessTokens.verify(token);
}

function readQueueToken(
  queueTokens: QueueTokens,
  incoming: IncomingMessage,
  roomId: string | undefined,
): QueueClaims {
  const token = incoming.headers['x-queue-token'];
  if (token === undefined || token === '') throw new Problem('queue-token-required');
  if (typeof token !== 'string') throw new Problem('queue-token-invalid');
  const claims = queueTokens.verify(token);
  if (claims.roomId !== roomId) throw new Problem('queue-token-wrong-room');
  return claims;
}

async function refuseWaiting(line: LineGate, claims: WaitingClaims): Promise<never> {
  const { position, pollAfterMs } = await line.waitingSummary(claims);
  throw new Problem('queue-token-not-active', { extra: { position, pollAfterMs } });
}

function requireActive(line: LineGate, claims: QueueClaims): ActiveClaims | Promise<never> {
  if (claims.kind === 'waiting') return refuseWaiting(line, claims);
  const reason = line.endedReason(claims);
  if (reason !== undefined) throw new Problem('queue-token-ended', { extra: { reason } });
  return claims;
}

/** Whether the access token is read: always where it is asked for, and where it came anyway. */
function wantsUser({ guard }: Endpoint, incoming: IncomingMessage): boolean {
  if (guard === 'user' || guard === 'admin' || guard === 'active+user') return true;
  return guard === 'active' && incoming.headers.authorization !== undefined;
}

/** Goes on at once where there is nothing to wait for. */
const andThen = <A, B>(given: A | Promise<A>, next: (value: A) => B | Promise<B>) =>
  given instanceof Promise ? given.then(next) : next(given);

/** Waits only where there is something to wait for: most calls are decided from memory. */
export function createGuard(options: GuardOptions): Guard {
  const { accessTokens, queueTokens, line, limits } = options;

  function readQueue(
    endpoint: Endpoint,
    incoming: IncomingMessage,
    passed: { user: AccessClaims | undefined; roomId: string | undefined },
  ): QueueClaims | undefined | Promise<never> {
    const { user, roomId } = passed;
    if (endpoint.guard === 'queue') return readQueueToken(queueTokens, incoming, roomId);
    if (endpoint.guard !== 'active' && endpoint.guard !== 'active+user') return undefined;
    const claims = readQueueToken(queueTokens, incoming, roomId);
    if (user && user.userId !== claims.userId) throw new Problem('queue-token-wrong-user');
    return requireActive(line, claims);
  }

  return function guard(endpoint, { incoming, outgoing, address }, roomId) {
    const readUserToken = () =>
      wantsUser(endpoint, incoming) ? readUser(accessTokens, incoming) : undefined;
    const limitAccount = (passed: Passed) => {
      const userId = passed.user?.userId ?? passed.queueToken?.userId;
      const counted =
        userId === undefined ? undefined : limits.check(endpoint, 'account', userId, outgoing);
      return andThen(counted, () => passed);
    };
    return andThen(limits.check(endpoint, 'address', address, outgoing), () =>
      andThen(readUserToken(), (user) => {
        if (endpoint.guard === 'admin' && user?.role !== 'ADMIN') throw new Problem('forbidden');
        return andThen(readQueue(endpoint, incoming, { user, roomId }), (queueToken) =>
          limitAccount({ user, queueToken }),
        );
      }),
    );
  };
}

const callers = new WeakMap<object, { user: AccessClaims | undefined; caller: Caller }>();

/** What the core is told about the caller: the same object as long as the claims are the same. */
export function callerOf({ user, queueToken }: Passed): Caller {
  const claims = queueToken ?? user;
  if (!claims) return nobody;
  const known = callers.get(claims);
  if (known && known.user === user) return known.caller;
  const caller: Caller = {
    userId: claims.userId,
    role: user?.role ?? 'USER',
    room: queueToken?.roomId ?? null,
    entryId: queueToken?.queueId ?? null,
  };
  callers.set(claims, { user, caller });
  return caller;
}
