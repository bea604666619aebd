import { decode } from 'jsonwebtoken';
import { setTimeout as delay } from 'node:timers/promises';
import type { Caller } from './caller.ts';
import type { Outcome } from './wire-call.ts';

export interface LineCalls {
  join(): Promise<Outcome>;
  /** @returns the number of the entry once inside; undefined when it has to join anew */
  getInside(signal: AbortSignal): Promise<number | undefined>;
  leave(queueId: number): Promise<Outcome>;
}

const pollEveryMs = 150;
const visitMaxMs = 60_000;

/** Takes the turn of an entry. @returns false when it could not be taken */
function createActivate(caller: Caller): (queueId: number) => Promise<boolean> {
  const { note, random, habits } = caller;
  const { userId } = caller.account;
  const roomId = caller.hall.concertId;
  const jtiOf = (token: unknown): string => {
    const claims = decode(String(token));
    return typeof claims === 'object' ? String(claims?.jti) : '';
  };

  async function activateOnce(queueId: number): Promise<string | undefined> {
    const taken = await note(
      'activate',
      { userId, roomId, queueId },
      { method: 'POST', path: `/queue/${roomId}/tokens/me/activate` },
      (body) => ({ jti: jtiOf(body['token']) }),
    );
    return taken.result === 'ok' ? String(taken.body['token']) : undefined;
  }

  // Some take their turn with every tab they have.
  return async (queueId) => {
    const tabs = random() < habits.pressAgain ? 3 : 1;
    const taken = await Promise.all(Array.from({ length: tabs }, () => activateOnce(queueId)));
    const token = taken.find((one) => one !== undefined);
    caller.queueToken = token ?? caller.queueToken;
    return token !== undefined;
  };
}

export function createLineCalls(caller: Caller): LineCalls {
  const { note, recorder, random, habits } = caller;
  const { userId } = caller.account;
  const roomId = caller.hall.concertId;
  const activate = createActivate(caller);
  const tokens = `/queue/${roomId}/tokens`;
  const seenEntry = (body: Record<string, unknown>) => ({
    queueId: Number(body['queueId']),
    status: body['status'] as 'WAITING' | 'READY' | 'ACTIVE',
    ...(body['status'] === 'WAITING' && body['position'] === 0 && { isLate: true }),
  });

  async function join(): Promise<Outcome> {
    caller.queueToken = undefined;
    const joined = await note(
      'join',
      { userId, roomId },
      { method: 'POST', path: tokens },
      seenEntry,
    );
    if (joined.result === 'ok') caller.queueToken = String(joined.body['token']);
    return joined;
  }

  /** Who waits tries the door all the same. */
  const tryTheDoor = (): Promise<Outcome> =>
    note(
      'intrude',
      { userId, how: 'a waiting token' },
      { method: 'GET', path: `/concerts/${roomId}/schedules` },
    );

  /** @returns the number of the entry once inside; undefined when it has to join anew */
  async function getInside(signal: AbortSignal): Promise<number | undefined> {
    let seen = await join();
    const untilMs = recorder.nowMs() + visitMaxMs;
    while (!signal.aborted && recorder.nowMs() < untilMs) {
      if (seen.result === 'fail') return undefined;
      const { queueId, status } = seenEntry(seen.body);
      if (seen.result === 'ok' && status === 'ACTIVE') return queueId;
      const isReady = seen.result === 'ok' && status === 'READY';
      // Some look away when it is their turn.
      if (isReady && random() < habits.missTurn) await delay(habits.missMs);
      else if (isReady && (await activate(queueId))) return queueId;
      if (status === 'WAITING' && random() < 0.1) await tryTheDoor();
      await delay(pollEveryMs * (0.5 + random()));
      seen =
        caller.queueToken === undefined
          ? await join()
          : await note(
              'status',
              { userId, roomId },
              { method: 'GET', path: `${tokens}/me` },
              seenEntry,
            );
    }
    return undefined;
  }

  async function leave(queueId: number): Promise<Outcome> {
    const once = (): Promise<Outcome> =>
      note('leave', { userId, roomId, queueId }, { method: 'DELETE', path: `${tokens}/me` });
    if (random() < habits.leaveTwice) await once();
    return once();
  }

  return { join, getInside, leave };
}
