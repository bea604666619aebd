import type { Room } from '../../../../shared/contracts/queue.ts';
import { type ForecastInput, forecastNames, ForecastResult } from '../../admin/forecast-panel.tsx';
import { createFormat } from '../../i18n/format.ts';
import type { Language } from '../../i18n/language.ts';
import { createTranslate } from '../../i18n/translate.ts';
import { commonMessages } from '../../messages/common.ts';
import type { AdminWords } from '../../messages/admin.ts';
import { createCharts } from '../admin/room-charts.ts';
import { ask } from '../api.ts';
import { mount } from '../mount.tsx';
import { element, pageData } from '../page-data.ts';

const data = pageData<{ language: Language; words: AdminWords; concertId: string }>();
const t = createTranslate(data.language, { ...commonMessages[data.language], ...data.words });
const format = createFormat(data.language);

const charts = createCharts(element('#charts'), [
  { title: t('waiting'), read: (room) => room.waiting },
  { title: t('inside'), read: (room) => room.active },
  { title: t('perMinute'), read: (room) => room.admittedPerMinute },
  { title: t('seatsLeft'), read: (room) => room.seatsLeft },
]);

const everyMs = 1_000;
let room: Room | undefined;

/** The document comes by events, or by asking while they do not get through. */
function follow(): void {
  const path = `/api/queue/${data.concertId}`;
  const source = new EventSource(`${path}/events`);
  source.addEventListener('room', ({ data: text }) => {
    room = JSON.parse(String(text)) as Room;
  });
  setInterval(() => {
    if (room) charts.add(Date.now() / 1_000, room);
    if (source.readyState === EventSource.OPEN) return;
    void ask<Room>(path).then((answer) => {
      if (answer.ok) room = answer.body;
    });
  }, everyMs);
}

const form = element<HTMLFormElement>('#forecast');

function typed(): ForecastInput {
  const fields = new FormData(form);
  const pairs = forecastNames.map((name) => [name, Number(fields.get(name))]);
  return Object.fromEntries(pairs) as ForecastInput;
}

const show = mount(ForecastResult, element('#forecast-result'), {
  ...{ t, format },
  forecastInput: typed(),
});
form.addEventListener('input', () => show({ t, format, forecastInput: typed() }));
// Who turns a screw of the policy sees at once what it would come to.
element('#policy').addEventListener('input', ({ target }) => {
  if (!(target instanceof HTMLInputElement)) return;
  const twin = form.querySelector<HTMLInputElement>(`[name="${target.name}"]`);
  if (!twin) return;
  twin.value = target.value;
  show({ t, format, forecastInput: typed() });
});
follow();
