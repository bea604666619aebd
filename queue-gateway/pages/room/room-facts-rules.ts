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

const standsStill: ReadonlySet<string> = new Set(['PAUSED', 'DRAINING', 'CLOSED']);

/** Half of the waits are shorter than the first figure, nine in ten than the second; null: no figures. */
function timesOf(t: Words, { entry, room }: RoomState): [from: string, to: string] | null {
  const { etaSeconds, etaP90Seconds } = entry ?? {};
  if ((room && standsStill.has(room.phase)) || !isKnown(etaSeconds)) return null;
  return [waitText(t, etaSeconds), waitText(t, etaP90Seconds ?? etaSeconds)];
}

/** Two figures are shown, so that it has to be said what each is. */
export function hasRange(t: Words, state: RoomState): boolean {
  const [from, to] = timesOf(t, state) ?? [];
  return from !== to;
}

export function waitOf(t: Words, state: RoomState): string {
  if (state.room && standsStill.has(state.room.phase)) return t('waitPaused');
  const times = timesOf(t, state);
  if (times === null) return t('waitUnknown');
  const [from, to] = times;
  if (from !== to) return t('waitRange', { from, to });
  return from === t('underMinute') ? from : t('waitAbout', { time: from });
}

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
