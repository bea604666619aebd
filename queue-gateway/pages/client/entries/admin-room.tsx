import type { Room } from '../../../../shared/contracts/queue.ts';
import type { CoreLoad } from '../../../../shared/contracts/internal.ts';
import type { OwnRecord, RecordStep } from '../../../../shared/contracts/record.ts';
import type { SaleForecast } from '../../../../shared/contracts/simulation.ts';
import {
  type ForecastInput,
  ForecastResult,
  inputNames,
  toTrial,
} from '../../admin/forecast-panel.tsx';
import { type SimulationProps, SimulationResult } from '../../admin/simulation-result.tsx';
import { createFormat } from '../../i18n/format.ts';
import type { Language } from '../../i18n/language.ts';
import { createTranslate } from '../../i18n/translate.ts';
import { commonMessages } from '../../messages/common.ts';
import type { AdminWords } from '../../messages/admin.ts';
import { createCharts } from '../admin/room-charts.ts';
import { ask } from '../api.ts';
import { mount } from '../mount.tsx';
import { element, pageData } from '../page-data.ts';

const data = pageData<{
  language: Language;
  words: AdminWords;
  concertId: string;
  history: RecordStep[];
  stepSeconds: number;
}>();
const t = createTranslate(data.language, { ...commonMessages[data.language], ...data.words });
const format = createFormat(data.language);

const minutes = (seconds: number | null): number | null => seconds && seconds / 60;
const charts = createCharts(element('#charts'), [
  { title: t('waiting'), lines: 1 },
  { title: t('inside'), lines: 1 },
  { title: t('perMinute'), lines: 1 },
  { title: t('seatsLeft'), lines: 1 },
  { title: t('waitsChart'), lines: 2 },
  { title: t('coreChart'), lines: 1 },
]);

const everyMs = 1_000;
const recordEverySeconds = 5;
const api = `/api/admin/queue/${data.concertId}`;
let room: Room | undefined;
let waits: OwnRecord['recent']['waits'] | undefined;
let load: CoreLoad | undefined;

/** What was recorded before the page was opened; seats and load were not. */
function addHistory(): void {
  for (const step of data.history)
    charts.add(Date.parse(step.at) / 1_000 + data.stepSeconds, [
      [step.waiting],
      [step.inside],
      [(step.admitted * 60) / data.stepSeconds],
      [null],
      [minutes(step.waits.p50Seconds), minutes(step.waits.p90Seconds)],
      [null],
    ]);
}

async function askMore(): Promise<void> {
  const [record, answered] = await Promise.all([
    ask<OwnRecord>(`${api}/record`),
    ask<CoreLoad>('/api/admin/load'),
  ]);
  waits = record.ok ? record.body.recent.waits : undefined;
  load = answered.ok ? answered.body : undefined;
}

function addNow(now: Room): void {
  charts.add(Date.now() / 1_000, [
    [now.waiting],
    [now.active],
    [now.admittedPerMinute],
    [now.seatsLeft],
    [minutes(waits?.p50Seconds ?? null), minutes(waits?.p90Seconds ?? null)],
    [load?.p95Ms ?? null],
  ]);
}

/** The document comes by events, or by asking while they do not get through. */
function follow(): void {
  const path = `/api/queue/${data.concertId}`;
  const source = new EventSource(`${path}/events`);
  source.addEventListener('room', ({ data: text }) => {
    room = JSON.parse(String(text)) as Room;
  });
  let beat = 0;
  setInterval(() => {
    if (room) addNow(room);
    // Nobody looks: nothing has to be asked for.
    if (document.visibilityState !== 'visible') return;
    if (beat++ % recordEverySeconds === 0) void askMore();
    if (source.readyState === EventSource.OPEN) return;
    void ask<Room>(path).then((answer) => {
      if (answer.ok) room = answer.body;
    });
  }, everyMs);
}

const form = element<HTMLFormElement>('#forecast');

function typed(): ForecastInput {
  const fields = new FormData(form);
  const pairs = inputNames.map((name) => [name, Number(fields.get(name))]);
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

const playResult = element('#play-result');
const showPlayed = mount<SimulationProps>(SimulationResult, playResult, {
  t,
  format,
  played: undefined,
});

/** In place, so that what stands in the policy's form is not lost. */
async function play(): Promise<void> {
  showPlayed({ t, format, played: undefined, note: t('playing') });
  const body = toTrial(typed());
  const answer = await ask<SaleForecast>(`${api}/simulation`, { method: 'POST', body });
  if (answer.ok) return showPlayed({ t, format, played: answer.body });
  const why = answer.problem?.status === 400 ? t('playWrong') : t('playBusy');
  showPlayed({ t, format, played: undefined, note: t('playFailed', { why }) });
}
element<HTMLButtonElement>('#play').addEventListener('click', (event) => {
  if (!form.reportValidity()) return;
  event.preventDefault();
  void play();
});
addHistory();
follow();
