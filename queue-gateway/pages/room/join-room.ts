import type { ChallengeProof } from '../../../shared/contracts/challenges.ts';
import { joinQueue } from '../../../shared/contracts/queue.ts';
import { type PageAnswer, type PageVisit, Refusal } from '../page.ts';

/** As long as a waiting token lives; an active one says itself when it is over. */
const queueCookieSeconds = 24 * 3_600;
/** The draw can be checked long after it. */
const receiptCookieSeconds = 30 * 24 * 3_600;

export const roomPath = (concertId: string): string => `/c/${concertId}`;

export function rememberQueueToken(visit: PageVisit, concertId: string, token: string): void {
  const path = roomPath(concertId);
  visit.remember('queue', token, { path, maxAgeSeconds: queueCookieSeconds });
}

/** Joins, or finds the same place again, and goes where that leads: to the check, where one is asked for. */
export async function joinRoom(
  visit: PageVisit,
  concertId: string,
  challenge?: ChallengeProof,
): Promise<PageAnswer> {
  const path = roomPath(concertId);
  try {
    const body = challenge ? { challenge } : undefined;
    const entry = await visit.call(joinQueue, { params: { concertId }, body });
    rememberQueueToken(visit, concertId, entry.token);
    visit.remember('receipt', entry.receipt, { path, maxAgeSeconds: receiptCookieSeconds });
    return { redirect: `${path}/${entry.status === 'ACTIVE' ? 'seats' : 'room'}` };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    // Not open yet, closed or sold out: the room says which, and changes when that does.
    if (thrown.problem.code === 'room-closed') return { redirect: `${path}/room` };
    if (!thrown.problem.code.startsWith('challenge-')) throw thrown;
    const isAgain = thrown.problem.code === 'challenge-failed';
    return { redirect: `${path}/check${isAgain ? '?again=1' : ''}` };
  }
}
