import { setTimeout as delay } from 'node:timers/promises';
import { activateEntry } from '../../../shared/contracts/queue.ts';
import { type PageVisit, Refusal } from '../page.ts';
import { rememberQueueToken } from '../room/join-room.ts';

/** News of a hold takes a moment from the core to the line. */
const tries = 4;
const pauseMs = 150;
/** A token says its end in whole seconds. */
const slackMs = 1_000;

/**
 * Who holds a seat stays inside until the hold ends, also past the end of the token they came with:
 * taking the turn again answers with one that lasts as long. Without it the seats could not be paid.
 * @param untilMs end of the hold, Unix ms.
 */
export async function stayInside(
  visit: PageVisit,
  concertId: string,
  untilMs: number,
): Promise<void> {
  if (visit.queueToken === undefined) return;
  try {
    const token = await tokenUntil(visit, concertId, untilMs - slackMs);
    if (token !== visit.queueToken) rememberQueueToken(visit, concertId, token);
  } catch (thrown) {
    // Whose place is over is told so by whatever they do next.
    if (!(thrown instanceof Refusal)) throw thrown;
  }
}

async function tokenUntil(visit: PageVisit, concertId: string, untilMs: number): Promise<string> {
  for (let left = tries - 1; ; left -= 1) {
    const { token, expiresAt } = await visit.call(activateEntry, { params: { concertId } });
    if (left === 0 || Date.parse(expiresAt) >= untilMs) return token;
    await delay(pauseMs);
  }
}
