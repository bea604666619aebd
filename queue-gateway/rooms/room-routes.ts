import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import {
  getPolicy,
  getRoom,
  pullCord,
  putPolicy,
  revokeEntries,
  watchRoom,
} from '../../shared/contracts/queue.ts';
import { Problem } from '../../shared/problems.ts';
import type { Bind } from '../http/bind.ts';
import { callerOf } from '../http/guard.ts';
import type { QueueTokens } from '../tokens/queue-tokens.ts';
import type { RoomService } from './room-service.ts';
import type { RoomStreams } from './room-streams.ts';
import { matchesEtag } from './room-rules.ts';

export interface RoomRoutesDeps {
  service: RoomService;
  streams: RoomStreams;
  queueTokens: QueueTokens;
}

const streamsFullRetrySeconds = 10;

/**
 * Whose sign of life a stream is: nobody's without a token, and an active token is none, because
 * who is inside shows activity by what it does there.
 * @throws Problem as every call that reads a queue token.
 */
function listenerNumber(queueTokens: QueueTokens, token: string | undefined, roomId: string) {
  if (token === undefined || token === '') return undefined;
  const claims = queueTokens.verify(token);
  if (claims.roomId !== roomId) throw new Problem('queue-token-wrong-room');
  return claims.kind === 'waiting' ? Number(claims.queueId) : undefined;
}

/** The state of the line for everybody, and the operator's hand. */
export function roomRoutes(bind: Bind, deps: RoomRoutesDeps): void {
  const { service, streams, queueTokens } = deps;

  bind(getRoom, async ({ params, request }) => {
    const { body, etag } = await service.document(params.concertId);
    const headers = { etag, 'cache-control': 'public, max-age=1' };
    if (matchesEtag(request.header('if-none-match'), etag))
      return new Response(null, { status: 304, headers });
    return new Response(body, { headers: { 'content-type': 'application/json', ...headers } });
  });

  bind(watchRoom, async ({ params, request }) => {
    const roomId = params.concertId;
    const number = listenerNumber(queueTokens, request.header('x-queue-token'), roomId);
    const document = await service.document(roomId);
    const { outgoing, address } = request;
    const headers = {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // A proxy that collects an answer before it passes it on would keep it for ever.
      'x-accel-buffering': 'no',
    };
    const open = (): boolean => {
      for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
      return streams.open(outgoing, { roomId, address, number }, document);
    };
    if (!open()) {
      for (const name of Object.keys(headers)) outgoing.removeHeader(name);
      const detail = 'Too many streams are open; ask by polling';
      throw new Problem('unavailable', { detail, retryAfterSeconds: streamsFullRetrySeconds });
    }
    return RESPONSE_ALREADY_SENT;
  });

  bind(getPolicy, ({ params }) => service.getPolicy(params.concertId));

  bind(putPolicy, ({ params, body, ...passed }) =>
    service.putPolicy(params.concertId, body, callerOf(passed)),
  );

  // Before the cords, whose path would take its word for one of theirs.
  bind(revokeEntries, ({ params, body, ...passed }) =>
    service.revoke(params.concertId, body, callerOf(passed)),
  );

  bind(pullCord, ({ params, ...passed }) =>
    service.pullCord(params.concertId, params.cord, callerOf(passed)),
  );
}
