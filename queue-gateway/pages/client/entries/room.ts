import { createFormat } from '../../i18n/format.ts';
import type { Language } from '../../i18n/language.ts';
import { createTranslate } from '../../i18n/translate.ts';
import type { Entry } from '../../../../shared/contracts/queue.ts';
import type { RoomWords } from '../../messages/room.ts';
import {
  isKnown,
  isLate,
  isWorthSaying,
  placeNow,
  type RoomState,
  sceneOf,
} from '../../room/room-scene-rules.ts';
import { RoomView } from '../../room/room-view.tsx';
import { ask } from '../api.ts';
import { mount } from '../mount.tsx';
import { element, pageData } from '../page-data.ts';
import { openMemory } from '../room/place-memory.ts';
import { openLineLink } from '../room/line-link.ts';
import { createTurnBell } from '../room/turn-bell.ts';

interface RoomData {
  language: Language;
  words: RoomWords;
  state: RoomState;
}

const data = pageData<RoomData>();
const t = createTranslate(data.language, data.words);
const format = createFormat(data.language);
const api = `/c/${data.state.concertId}/api`;
const memory = openMemory(data.state.concertId);

let state: RoomState = { ...data.state, nowMs: Date.now() };
let offsetMs = 0;
let saidAhead = 0;
let isPlaceKnown = false;
const showView = mount(RoomView, element('#room'), { state, t, format });

const lateWords = () => (state.entry?.canExtend ? 'readyWarn' : 'readyWarnLast');

/** What somebody hears who does not see the page. */
function say(): void {
  const place = placeNow(state);
  const scene = sceneOf(state);
  const words: string[] = [];
  if (scene === 'ready') words.push(t(isLate(state) ? lateWords() : 'readyTitle'));
  else if (scene === 'inside') words.push(t('insideTitle'));
  else if (scene === 'ended') words.push(t('endedTitle'));
  if (state.room?.phase === 'PAUSED') words.push(t('paused'));
  if (state.room?.message) words.push(state.room.message);
  if (scene === 'waiting' && place) {
    saidAhead = place.ahead;
    words.push(place.ahead > 0 ? t('aheadHeard', { ahead: place.ahead }) : t('aheadNone'));
  }
  element('#said').textContent = words.join('. ');
}

/** Where this place was first seen; a new number begins anew. */
function firstPositionOf(next: RoomState): number | null {
  const position = placeNow(next)?.position;
  const number = next.entry?.queueId;
  if (position === undefined || !isKnown(number)) return next.firstPosition;
  return memory.firstPosition(number, position);
}

function change(part: Partial<RoomState>): void {
  const before = state;
  const next = { ...state, ...part, nowMs: Date.now() + offsetMs };
  state = { ...next, firstPosition: firstPositionOf(next) };
  // The document comes first, but it cannot tell whose visitor this is.
  if (!isPlaceKnown) return;
  showView({ state, t, format });
  if (isWorthSaying(before, state, saidAhead)) say();
  const scene = sceneOf(state);
  bell.offer(scene === 'waiting' || scene === 'registered');
  if (scene === 'ready') bell.ring();
  else bell.stop();
}

const bell = createTurnBell(element<HTMLButtonElement>('#tell'), t, state.concertName);

const link = openLineLink(api, state.concertId, {
  onRoom(room) {
    change({ room });
    // The front has come to this number: only the line knows what that means.
    if (state.entry?.status === 'WAITING' && placeNow(state)?.position === 0) link.askPlace();
    if (state.entry?.status === 'REGISTERED' && room.phase === 'OPEN') link.askPlace();
  },
  onPlace(place) {
    isPlaceKnown = true;
    change(place);
  },
  onLink(now) {
    const place = element('#link');
    place.textContent = t(now);
    place.className = now;
  },
  onClock: (ms) => (offsetMs = ms),
});

/** More time, without leaving the page: the countdown goes on where it stands. */
document.addEventListener('submit', (event) => {
  const form = event.target as HTMLFormElement;
  if (!form.action.endsWith('/more-time')) return;
  event.preventDefault();
  void ask<Entry>(`${api}/queue/${data.state.concertId}/tokens/me/extend`, { method: 'POST' }).then(
    (answer) => {
      if (!answer.ok) return link.askPlace();
      change({ entry: answer.body, ended: null });
      element('#said').textContent = t('moreTimeDone');
    },
  );
});

/** Only clocks tick; everything else changes when something has happened. */
setInterval(() => {
  const opensAt = state.room?.opensAt;
  const counts =
    sceneOf(state) === 'ready' || (isKnown(opensAt) && Date.parse(opensAt) > state.nowMs);
  if (counts) change({});
}, 1_000);
