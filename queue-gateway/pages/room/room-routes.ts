import { getConcert } from '../../../shared/contracts/concerts.ts';
import type { ChallengeProof } from '../../../shared/contracts/challenges.ts';
import {
  activateEntry,
  type EndReason,
  type Entry,
  extendTurn,
  getMyEntry,
  getRoom,
  leaveQueue,
} from '../../../shared/contracts/queue.ts';
import { roomMessages } from '../messages/room.ts';
import { type PageVisit, Refusal } from '../page.ts';
import { idOf, loginUrl, type PageBinder } from '../page-binder.ts';
import { checkRoutes } from './check-routes.ts';
import { drawRoutes } from './draw-routes.ts';
import { joinRoom, rememberQueueToken, roomPath } from './join-room.ts';
import { RoomPage } from './room-page.tsx';
import { placeNow, type RoomState, sceneOf } from './room-scene-rules.ts';

type Place = { entry: Entry | null; ended: EndReason | null; pauseSeconds: number };

const pauseWithoutPlaceSeconds = 10;

/** The visitor's place as the line tells it; without one, none. */
async function findPlace(visit: PageVisit, concertId: string): Promise<Place> {
  const none = { entry: null, ended: null, pauseSeconds: pauseWithoutPlaceSeconds };
  if (visit.queueToken === undefined) return none;
  try {
    const entry = await visit.call(getMyEntry, { params: { concertId } });
    return { entry, ended: null, pauseSeconds: Math.ceil(entry.pollAfterMs / 1_000) };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const { code } = thrown.problem;
    if (code === 'queue-token-ended')
      return { ...none, ended: (thrown.problem['reason'] as EndReason | undefined) ?? 'expired' };
    if (code.startsWith('queue-token')) return none;
    throw thrown;
  }
}

async function readState(visit: PageVisit, concertId: string): Promise<RoomState> {
  const params = { concertId };
  const { concertName } = await visit.call(getConcert, { params });
  const room = await visit.call(getRoom, { params });
  return {
    concertId,
    concertName,
    room,
    entry: null,
    ended: null,
    firstPosition: null,
    nowMs: Date.now(),
  };
}

/** The page of a browser without scripts: everything in it, and it renews itself. */
async function plainRoom(visit: PageVisit, concertId: string) {
  const state = await readState(visit, concertId);
  const { pauseSeconds, ...place } = await findPlace(visit, concertId);
  const now: RoomState = { ...state, ...place };
  const from = Number(visit.url.searchParams.get('from'));
  const position = placeNow(now)?.position ?? 0;
  const firstPosition = Number.isSafeInteger(from) && from > position ? from : position;
  const t = visit.words(roomMessages);
  const plainUrl = `${roomPath(concertId)}/room/plain?from=${firstPosition}`;
  const isOver = sceneOf(now) === 'inside' || sceneOf(now) === 'ended';
  return {
    title: t('roomTitle'),
    body: RoomPage({ visit, state: { ...now, firstPosition }, renewSeconds: pauseSeconds }),
    ...(isOver ? {} : { headers: { refresh: `${pauseSeconds}; url=${plainUrl}` } }),
  };
}

/** What the check before joining was answered with, if there was one. */
function proofOf(form: URLSearchParams): ChallengeProof | undefined {
  const [challenge, solution] = [form.get('challenge'), form.get('solution')];
  if (challenge && solution) return { challenge, solution };
  const bypassCode = form.get('bypassCode');
  return bypassCode ? { bypassCode } : undefined;
}

const toRoom = new Set(['turn-missed', 'queue-token-ended', 'not-your-turn']);

const toRoomPage = (visit: PageVisit): string => `${roomPath(idOf(visit, 'concertId'))}/room`;

/** The waiting room and what is done in it. */
export function roomRoutes(pages: PageBinder): void {
  drawRoutes(pages);
  checkRoutes(pages);

  pages.shell('/c/:concertId/room', async (visit) => {
    const state = await readState(visit, idOf(visit, 'concertId'));
    const t = visit.words(roomMessages);
    return {
      title: t('roomTitle'),
      scripts: ['room'],
      plainUrl: `${roomPath(state.concertId)}/room/plain`,
      data: {
        language: visit.language,
        words: roomMessages[visit.language],
        state: { ...state, room: null },
      },
      body: RoomPage({ visit, state: { ...state, room: null } }),
    };
  });

  pages.get('/c/:concertId/room/plain', (visit) => plainRoom(visit, idOf(visit, 'concertId')));
  roomForms(pages);
}

/** What is done with a place. */
function roomForms(pages: PageBinder): void {
  pages.post(
    '/c/:concertId/join',
    async (visit) => {
      const concertId = idOf(visit, 'concertId');
      if (!visit.user) return { redirect: loginUrl(visit) };
      const proof = proofOf(await visit.form());
      return joinRoom(visit, concertId, proof);
    },
    toRoomPage,
  );

  pages.post(
    '/c/:concertId/claim',
    async (visit) => {
      const concertId = idOf(visit, 'concertId');
      try {
        const { token } = await visit.call(activateEntry, { params: { concertId } });
        rememberQueueToken(visit, concertId, token);
        return { redirect: `${roomPath(concertId)}/seats` };
      } catch (thrown) {
        if (thrown instanceof Refusal && toRoom.has(thrown.problem.code))
          return { redirect: `${roomPath(concertId)}/room` };
        throw thrown;
      }
    },
    toRoomPage,
  );

  pages.post(
    '/c/:concertId/more-time',
    async (visit) => {
      const concertId = idOf(visit, 'concertId');
      try {
        await visit.call(extendTurn, { params: { concertId } });
      } catch (thrown) {
        // The room says best where the place stands now.
        if (!(thrown instanceof Refusal) || thrown.problem.status >= 500) throw thrown;
      }
      return { redirect: `${roomPath(concertId)}/room` };
    },
    toRoomPage,
  );

  pages.post(
    '/c/:concertId/leave',
    async (visit) => {
      const concertId = idOf(visit, 'concertId');
      if (visit.queueToken !== undefined) {
        try {
          await visit.call(leaveQueue, { params: { concertId } });
        } catch (thrown) {
          // A place that is over already is given up as well as it can be.
          if (!(thrown instanceof Refusal) || thrown.problem.status >= 500) throw thrown;
        }
      }
      visit.forget('queue', roomPath(concertId));
      return { redirect: roomPath(concertId) };
    },
    toRoomPage,
  );
}
