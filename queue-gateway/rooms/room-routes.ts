import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { getCoreLoad } from '../../shared/contracts/ops.ts';
import { getEntry, getEntryOfAccount } from '../../shared/contracts/entries.ts';
import {
  getDraw,
  getPolicy,
  getRoom,
  listDrawLeaves,
  pullCord,
  putPolicy,
  revokeEntries,
  watchRoom,
} from '../../shared/contracts/queue.ts';
import { getOwnRecord, getSaleRecord } from '../../shared/contracts/record.ts';
import { Problem } from '../../shared/problems.ts';
import type { Bind, RequestInfo } from '../http/bind.ts';
import { openSink } from '../http/event-sink.ts';
import { callerOf } from '../http/guard.ts';
import type { QueueTokens } from '../tokens/queue-tokens.ts';
import type { DrawService } from './draw-service.ts';
import type { RecordService } from './record-service.ts';
import type { RoomService } from './room-service.ts';
import type { RoomStreams } from './room-streams.ts';
import { etagOf, matchesEtag } from './room-rules.ts';

export interface RoomRoutesDeps {
  service: RoomService;
  draws: DrawService;
  records: RecordService;
  streams: RoomStreams;
  queueTokens: QueueTokens;
}

const streamsFullRetrySeconds = 10;

/**
 * Whose sign of life a stream is: nobody's without a token, and an active token is none, because
 * who is inside shows activity by what it does there.
 * @throws Problem as every call that reads a queue token.
 */
function listenerNumber(
  { queueTokens, draws }: RoomRoutesDeps,
  token: string | undefined,
  roomId: string,
): number | (() => number) | undefined {
  if (token === undefined || token === '') return undefined;
  const claims = queueTokens.verify(token);
  if (claims.roomId !== roomId) throw new Problem('queue-token-wrong-room');
  if (claims.kind !== 'waiting') return undefined;
  if (claims.queueId !== null) return Number(claims.queueId);
  const { registrationIndex = 0 } = claims;
  return () => draws.drawnNumber(roomId, registrationIndex);
}

/** The same bytes for everybody. */
function conditional(
  request: RequestInfo,
  { body, etag }: { body: string; etag: string },
): Response {
  const headers = { etag, 'cache-control': 'public, max-age=1' };
  if (matchesEtag(request.header('if-none-match'), etag))
    return new Response(null, { status: 304, headers });
  return new Response(body, { headers: { 'content-type': 'application/json', ...headers } });
}

/** The state of the line for everybody, and the operator's hand. */
export function roomRoutes(bind: Bind, deps: RoomRoutesDeps): void {
  const { service, draws, records, streams } = deps;

  bind(getRoom, async ({ params, request }) =>
    conditional(request, await service.document(params.concertId)),
  );

  bind(getDraw, async ({ params, request }) => {
    const body = JSON.stringify(await draws.read(params.concertId));
    return conditional(request, { body, etag: etagOf(body) });
  });

  bind(listDrawLeaves, ({ params, query }) => draws.leaves(params.concertId, query));

  bind(watchRoom, async ({ params, request }) => {
    const roomId = params.concertId;
    const number = listenerNumber(deps, request.header('x-queue-token'), roomId);
    const document = await service.document(roomId);
    const { outgoing, address } = request;
    const headers = {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // A proxy that collects an answer before it passes it on would keep it for ever.
      'x-accel-buffering': 'no',
    };
    const from = { roomId, address, number };
    if (!streams.open((events) => openSink(outgoing, headers, events), from, document)) {
      const detail = 'Too many streams are open; ask by polling';
      throw new Problem('unavailable', { detail, retryAfterSeconds: streamsFullRetrySeconds });
    }
    return RESPONSE_ALREADY_SENT;
  });

  bind(getSaleRecord, async ({ params, request }) => {
    const body = JSON.stringify(await records.shown(params.concertId));
    return conditional(request, { body, etag: etagOf(body) });
  });

  bind(getOwnRecord, ({ params }) => records.own(params.concertId));

  bind(getPolicy, ({ params }) => service.getPolicy(params.concertId));

  bind(getEntry, ({ params }) => service.entry(params.concertId, params.queueId));

  bind(getEntryOfAccount, ({ params }) =>
    service.entryOfAccount(params.concertId, params.userName),
  );

  bind(getCoreLoad, () => service.coreLoad());

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
