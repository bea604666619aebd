import type { Translate } from '../i18n/translate.ts';
import type { OwnWords } from '../messages/own.ts';

/** What a seat is called: with its block, where there are blocks. */
export const seatWords = (
  t: Translate<keyof OwnWords>,
  { block, seatNum }: { block: string | null; seatNum: number },
): string =>
  block === null
    ? t('seat', { num: String(seatNum) })
    : t('seatIn', { block, num: String(seatNum) });

interface Placed {
  concertDt: string;
  block: string | null;
  seatNum: number;
}

/** As one reads them: by date, by block, by number. */
export const inSeatOrder = <T extends Placed>(seats: readonly T[]): T[] =>
  [...seats].sort(
    (one, other) =>
      Date.parse(one.concertDt) - Date.parse(other.concertDt) ||
      (one.block ?? '').localeCompare(other.block ?? '') ||
      one.seatNum - other.seatNum,
  );
