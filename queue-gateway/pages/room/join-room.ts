import { joinQueue } from '../../../shared/contracts/queue.ts';
import type { PageAnswer, PageVisit } from '../page.ts';

/** As long as a waiting token lives; an active one says itself when it is over. */
const queueCookieSeconds = 24 * 3_600;

export const roomPath = (concertId: string): string => `/c/${concertId}`;

export function rememberQueueToken(visit: PageVisit, concertId: string, token: string): void {
  const path = roomPath(concertId);
  visit.remember('queue', token, { path, maxAgeSeconds: queueCookieSeconds });
}

/** Joins, or finds the same place again, and goes where that leads. */
export async function joinRoom(visit: PageVisit, concertId: string): Promise<PageAnswer> {
  const entry = await visit.call(joinQueue, { params: { concertId } });
  rememberQueueToken(visit, concertId, entry.token);
  return { redirect: `${roomPath(concertId)}/${entry.status === 'ACTIVE' ? 'seats' : 'room'}` };
}
