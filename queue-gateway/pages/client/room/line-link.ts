import type { EndReason, Entry, Room } from '../../../../shared/contracts/queue.ts';
import { ask, clockOffsetMs } from '../api.ts';

export type LinkState = 'live' | 'asking' | 'lost';

export interface LineLinkEvents {
  onRoom(room: Room): void;
  onPlace(place: { entry: Entry | null; ended: EndReason | null }): void;
  onLink(state: LinkState): void;
  onClock(offsetMs: number): void;
}

export interface LineLink {
  /** Asks where the place stands, now. */
  askPlace(): void;
}

const unsureRetryMs = 3_000;

/**
 * The connection of a waiting room: the document comes by events, or by asking where they do not
 * get through; the own place is asked for as often as the line says.
 */
export function openLineLink(api: string, concertId: string, events: LineLinkEvents): LineLink {
  let placeTimer: ReturnType<typeof setTimeout> | undefined;
  let roomTimer: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  /** Events do not come: the document is asked for. */
  let polls = false;

  async function askPlace(): Promise<void> {
    clearTimeout(placeTimer);
    if (asking) return;
    asking = true;
    const answer = await ask<Entry>(`${api}/queue/${concertId}/tokens/me`);
    asking = false;
    let pauseMs = unsureRetryMs;
    if (answer.ok) {
      events.onClock(clockOffsetMs(answer.headers));
      events.onPlace({ entry: answer.body, ended: null });
      pauseMs = answer.body.pollAfterMs;
    } else if (answer.problem?.code === 'queue-token-ended') {
      const reason = answer.problem['reason'] as EndReason | undefined;
      events.onPlace({ entry: null, ended: reason ?? 'expired' });
      pauseMs = 10_000;
    } else if (answer.problem?.code.startsWith('queue-token')) {
      events.onPlace({ entry: null, ended: null });
      return;
    } else pauseMs = Math.max(pauseMs, answer.retryAfterMs);
    placeTimer = setTimeout(() => void askPlace(), pauseMs);
  }

  async function askRoom(): Promise<void> {
    const answer = await ask<Room>(`${api}/queue/${concertId}`);
    // Events came while this was on its way.
    if (!polls) return;
    if (answer.ok) events.onRoom(answer.body);
    events.onLink(answer.ok ? 'asking' : 'lost');
    const pauseMs = answer.ok ? answer.body.poll.minMs : answer.retryAfterMs;
    clearTimeout(roomTimer);
    roomTimer = setTimeout(() => void askRoom(), pauseMs * (1 + Math.random() * 0.3));
  }

  function listen(): void {
    const source = new EventSource(`${api}/queue/${concertId}/events`);
    source.addEventListener('room', ({ data }) => {
      polls = false;
      clearTimeout(roomTimer);
      events.onLink('live');
      events.onRoom(JSON.parse(String(data)) as Room);
    });
    source.addEventListener('error', () => {
      // Refused for good, as a full server does: come again later, asking meanwhile.
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 20_000);
      if (polls) return;
      polls = true;
      void askRoom();
    });
  }

  listen();
  void askPlace();
  // Who comes back to the tab wants to know at once.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void askPlace();
  });
  window.addEventListener('online', () => void askPlace());
  return { askPlace: () => void askPlace() };
}
