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

/** A span that was set: in seconds as long as people count in them. */
export const spanText = (t: Words, seconds: number): string =>
  seconds < 120 ? t('seconds', { n: seconds }) : waitText(t, seconds);

/** Half of the waits are shorter than the first figure, nine in ten shorter than the second. */
export function waitOf(t: Words, { entry, room }: RoomState): string {
  if (room && standsStill.has(room.phase)) return t('waitPaused');
  const { etaSeconds, etaP90Seconds } = entry ?? {};
  if (!isKnown(etaSeconds)) return t('waitUnknown');
  const [from, to] = [waitText(t, etaSeconds), waitText(t, etaP90Seconds ?? etaSeconds)];
  return from === to ? t('waitAbout', { time: from }) : t('waitRange', { from, to });
}

const standsStill: ReadonlySet<string> = new Set(['PAUSED', 'DRAINING', 'CLOSED']);

const reasonWords = {
  pressure: 'reasonPressure',
  slots: 'reasonSlots',
  seats: 'reasonSeats',
  slower: 'reasonSlower',
  'more-ahead': 'reasonMoreAhead',
} as const;

/** Why it takes longer than was said before; a pause is told on its own. */
export function reasonOf(t: Words, { entry }: RoomState): string | null {
  const reason = entry?.etaReason;
  return isKnown(reason) && reason !== 'paused' ? t(reasonWords[reason]) : null;
}

/** Whether there will be a seat: as it was measured, else by how many are left and come before. */
export function chanceOf(t: Words, state: RoomState): string | null {
  const chance = state.entry?.seatChance;
  if (isKnown(chance)) {
    if (chance >= 0.95) return t('chanceGood');
    return chance < 0.05 ? t('chanceLow') : t('chancePercent', { p: Math.round(chance * 20) * 5 });
  }
  const seatsLeft = state.room?.seatsLeft;
  const place = placeNow(state);
  if (!isKnown(seatsLeft) || place === null) return null;
  if (seatsLeft === 0) return t('chanceLow');
  if (place.ahead * 2 < seatsLeft) return t('chanceGood');
  return t(place.ahead < seatsLeft * 2 ? 'chanceSome' : 'chanceLow');
}
