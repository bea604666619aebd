import type { Entry } from '../../../shared/contracts/queue.ts';
import type { Translate } from '../i18n/translate.ts';
import type { RoomWords } from '../messages/room.ts';
import { isKnown, placeNow, type RoomState } from './room-scene-rules.ts';

type Words = Translate<keyof RoomWords>;

/** A wait as people say it: minutes, rounded up. */
export function waitText(t: Words, seconds: number): string {
  if (seconds < 60) return t('underMinute');
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return t('minutes', { n: minutes });
  return t('hours', { h: Math.floor(minutes / 60), m: minutes % 60 });
}

/** The honest range where the line tells one, else the one figure, else that it is not known. */
export function waitOf(t: Words, { entry, room }: RoomState): string {
  if (room && room.phase !== 'OPEN' && room.phase !== 'SOLD_OUT_LIKELY') return t('waitPaused');
  const { etaSeconds } = entry ?? {};
  if (!isKnown(etaSeconds)) return t('waitUnknown');
  const [from, to] = [waitText(t, etaSeconds), waitText(t, latestSeconds(entry) ?? etaSeconds)];
  return from === to ? t('waitAbout', { time: from }) : t('waitRange', { from, to });
}

const latestSeconds = (_entry: Entry | null): number | undefined => undefined;

/** Whether there will be a seat: by how many are left and how many come before. */
export function chanceOf(t: Words, state: RoomState): string | null {
  const seatsLeft = state.room?.seatsLeft;
  const place = placeNow(state);
  if (!isKnown(seatsLeft) || place === null) return null;
  if (seatsLeft === 0) return t('chanceLow');
  if (place.ahead * 2 < seatsLeft) return t('chanceGood');
  return t(place.ahead < seatsLeft * 2 ? 'chanceSome' : 'chanceLow');
}
