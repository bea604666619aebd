import type { Concert, Schedule } from '../../../../shared/contracts/concerts.ts';
import { createFormat } from '../../i18n/format.ts';
import type { Language } from '../../i18n/language.ts';
import { createTranslate } from '../../i18n/translate.ts';
import type { SeatWords } from '../../messages/seats.ts';
import { ask } from '../api.ts';
import { element, pageData } from '../page-data.ts';
import { createSale } from '../seats/sale.ts';
import { tellTimeInside } from '../seats/time-inside.ts';

const data = pageData<{ language: Language; words: SeatWords; concert: Concert }>();
const t = createTranslate(data.language, data.words);
const format = createFormat(data.language);
const { concertId } = data.concert;

/** The dates as one choice; the one that is chosen is on sale below. */
async function start(): Promise<void> {
  // Asked for before anything else is made: a slow phone works while the answer is on its way.
  const asked = ask<{ items: Schedule[] }>(`/c/${concertId}/api/concerts/${concertId}/schedules`);
  const sale = createSale({ t, format, concert: data.concert, api: `/c/${concertId}/api` });
  const answer = await asked;
  if (!answer.ok) return sale.notes.refuse(answer);
  const schedules = answer.body.items;
  if (schedules.length === 0) return sale.notes.tell(t('none'));
  const place = element('#dates');
  if (schedules.length > 1) {
    const label = document.createElement('label');
    label.className = 'field';
    label.innerHTML = '<span></span><select></select>';
    element('#dates').append(label);
    const [words, select] = [place.querySelector('span'), place.querySelector('select')];
    if (words) words.textContent = t('date');
    for (const { concertScheduleId, concertDt, seatsLeft } of schedules)
      select?.add(
        new Option(
          `${format.moment(concertDt)} · ${t('left', { n: seatsLeft })}`,
          concertScheduleId,
        ),
      );
    select?.addEventListener('change', () => void sale.open(select.value));
  } else place.textContent = format.moment(schedules[0]?.concertDt ?? '');
  const first = schedules.find(({ seatsLeft }) => seatsLeft > 0) ?? schedules[0];
  if (!first) return;
  const select = place.querySelector('select');
  if (select) select.value = first.concertScheduleId;
  await sale.open(first.concertScheduleId);
  // Last: whoever waits for the map waits for nothing else.
  const api = `/c/${concertId}/api`;
  await tellTimeInside({ t, format, api, concertId, warn: sale.notes.tell });
}

void start();
