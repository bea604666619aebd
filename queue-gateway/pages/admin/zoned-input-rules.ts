import { defaultTimeZone } from '../i18n/format.ts';

/** How far the event's zone is ahead of UTC at that moment. */
function aheadMs(ms: number): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: defaultTimeZone,
    timeZoneName: 'longOffset',
  });
  const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === '-' ? -size : size;
}

/** A moment as `<input type="datetime-local">` writes it, in the event's zone. */
export function toZonedInput(iso: string | null): string {
  if (iso === null) return '';
  const ms = Date.parse(iso);
  // Typed and refused: it stands there as it was.
  if (!Number.isFinite(ms)) return iso;
  return new Date(ms + aheadMs(ms)).toISOString().slice(0, 16);
}

/** The moment that was meant; what is none is left to the API to refuse. */
export function fromZonedInput(text: string): string {
  const ms = Date.parse(`${text}Z`);
  return Number.isFinite(ms) ? new Date(ms - aheadMs(ms)).toISOString() : text;
}
