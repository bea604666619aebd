import type { Language } from './language.ts';

/** Where the events are, unless a concert says otherwise. */
export const defaultTimeZone = 'Asia/Seoul';

/** Money and time as the language writes them, time in the zone of the event. */
export interface Format {
  /** Whole won. */
  won(amount: number): string;
  number(value: number): string;
  /** Day and time with the zone: of what people come to. */
  moment(iso: string): string;
  /** The same without the zone: of what has been written down. */
  stamp(iso: string): string;
  /** Of a day that is clear: time and zone. */
  time(iso: string): string;
  day(iso: string): string;
  /** The same without the zone, `20:05`. */
  hour(iso: string): string;
  /** Minutes and seconds, `4:07`; with hours and days in front when there are any. */
  clock(totalSeconds: number): string;
  /** The zone as people call it. */
  zone: string;
}

function zoneName(language: Language, timeZone: string): string {
  const parts = new Intl.DateTimeFormat(language, { timeZone, timeZoneName: 'longGeneric' });
  const named = parts.formatToParts(0).find(({ type }) => type === 'timeZoneName');
  return named?.value ?? timeZone;
}

const two = (value: number): string => String(value).padStart(2, '0');

export function clockText(totalSeconds: number): string {
  const seconds = Math.max(0, Math.floor(totalSeconds));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const tail = `${hours > 0 ? two(minutes) : minutes}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** Made when it is first asked for: a formatter of the browser costs a slow phone tens of ms. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export function createFormat(language: Language, timeZone: string = defaultTimeZone): Format {
  const numbers = lazily(() => new Intl.NumberFormat(language));
  const won = lazily(() => new Intl.NumberFormat(language, { style: 'currency', currency: 'KRW' }));
  // Days as in `Mon, 4 Jan 2027`: which number is the month is never in doubt.
  const locale = language === 'en' ? 'en-GB' : language;
  const dayParts = {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  } as const;
  const timeParts = { timeZone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' } as const;
  const parts = { ...dayParts, ...timeParts } as const;
  const time = lazily(
    () => new Intl.DateTimeFormat(locale, { ...timeParts, timeZoneName: 'short' }),
  );
  const hour = lazily(() => new Intl.DateTimeFormat('en-GB', timeParts));
  const stamp = lazily(() => new Intl.DateTimeFormat(locale, parts));
  const moment = lazily(() => new Intl.DateTimeFormat(locale, { ...parts, timeZoneName: 'short' }));
  const day = lazily(() => new Intl.DateTimeFormat(locale, dayParts));
  const zone = lazily(() => zoneName(language, timeZone));
  return {
    // As prices are written in Korea; the sign is for everybody else.
    won: (amount) => (language === 'ko' ? `${numbers().format(amount)}원` : won().format(amount)),
    number: (value) => numbers().format(value),
    moment: (iso) => moment().format(new Date(iso)),
    stamp: (iso) => stamp().format(new Date(iso)),
    time: (iso) => time().format(new Date(iso)),
    day: (iso) => day().format(new Date(iso)),
    hour: (iso) => hour().format(new Date(iso)),
    clock: clockText,
    get zone() {
      return zone();
    },
  };
}
