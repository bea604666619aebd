import type { Entry } from '../../../../shared/contracts/queue.ts';
import type { Format } from '../../i18n/format.ts';
import type { Translate } from '../../i18n/translate.ts';
import type { SeatWords } from '../../messages/seats.ts';
import { ask, clockOffsetMs } from '../api.ts';
import { element } from '../page-data.ts';

const warnBeforeMs = 120_000;
/** Longer than a timer of a browser can wait, and longer than anybody is inside. */
const longestMs = 2 ** 31 - 1;

export interface TimeInsideDeps {
  t: Translate<keyof SeatWords>;
  format: Format;
  /** The page's door to the API. */
  api: string;
  concertId: string;
  warn: (words: string) => void;
}

/** Says until when one is inside, and once more when little of it is left. */
export async function tellTimeInside(deps: TimeInsideDeps): Promise<void> {
  const { t, format, api, concertId, warn } = deps;
  const answer = await ask<Entry>(`${api}/queue/${concertId}/tokens/me`);
  if (!answer.ok || answer.body.status !== 'ACTIVE') return;
  const { expiresAt } = answer.body;
  element('#inside').textContent = t('insideUntil', { time: format.time(expiresAt) });
  const leftMs = Date.parse(expiresAt) - Date.now() - clockOffsetMs(answer.headers);
  const waitMs = leftMs - warnBeforeMs;
  if (waitMs > 0 && waitMs < longestMs) setTimeout(() => warn(t('insideSoon')), waitMs);
}
