import type { SaleForecast, SaleTrial } from '../../../shared/contracts/simulation.ts';
import type { Format } from '../i18n/format.ts';
import type { AdminT } from './admin-frame.tsx';
import { forecast } from './forecast-rules.ts';
import { SimulationResult } from './simulation-result.tsx';

export const forecastNames = [
  'admitPerSecond',
  'maxActive',
  'visitSeconds',
  'people',
  'seats',
  'convert',
  'seatsPerOrder',
] as const;
/** What only the played sale takes. */
export const playedNames = ['noShow', 'abandon', 'arriveSeconds'] as const;
export const inputNames = [...forecastNames, ...playedNames];

/** As typed: shares in hundredths. */
export type ForecastInput = Record<(typeof inputNames)[number], number>;

/** What is typed, as the API takes it. */
export function toTrial(input: ForecastInput): SaleTrial {
  const { convert, noShow, abandon, people, seats, maxActive, arriveSeconds } = input;
  return {
    ...input,
    people: Math.round(people),
    seats: Math.round(seats),
    maxActive: Math.round(maxActive),
    arriveSeconds: Math.round(arriveSeconds),
    convert: convert / 100,
    noShow: noShow / 100,
    abandon: abandon / 100,
  };
}

export interface ForecastProps {
  t: AdminT;
  format: Format;
  forecastInput: ForecastInput;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** What these numbers come to; the same on the server and, while somebody types, in the page. */
export function ForecastResult({ t, format, forecastInput }: ForecastProps) {
  const told = forecast({ ...forecastInput, convert: forecastInput.convert / 100 });
  const time = (seconds: number): string =>
    Number.isFinite(seconds) ? format.clock(seconds) : t('never');
  const count = (value: number): string =>
    Number.isFinite(value) ? format.number(rounded(value)) : '–';
  const rows: [string, string][] = [
    [t('placesNeeded'), count(told.placesNeeded)],
    [t('rateAllowed'), count(told.rateAllowed)],
    [t('visitAllowed'), time(told.visitSecondsAllowed)],
    [t('realRate'), `${count(told.ratePerSecond)} (${t(`bound${told.bindsBy}`)})`],
    [
      t('soldOutIn'),
      told.soldOutSeconds === null
        ? t('notSoldOut', { n: told.seatsLeft })
        : time(told.soldOutSeconds),
    ],
    [t('peopleIn'), count(told.peopleIn)],
    [t('longestWait'), time(told.longestWaitSeconds)],
  ];
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type Names = readonly (keyof ForecastInput)[];

function Fields({
  t,
  forecastInput,
  names,
}: Pick<ForecastProps, 't' | 'forecastInput'> & { names: Names }) {
  return (
    <div class="fields">
      {names.map((name) => (
        <label class="field">
          <span>{t(name)}</span>
          <input
            type="number"
            name={name}
            min="0"
            step="any"
            required
            value={String(forecastInput[name])}
          />
        </label>
      ))}
    </div>
  );
}

export interface ForecastPanelProps extends ForecastProps {
  at: string;
  /** Whether visits were measured here. */
  isMeasured: boolean;
  /** What a played sale came to, when one was asked for. */
  played: SaleForecast | undefined;
}

/** The third number at once, in averages; the whole sale by the simulator when it is asked for. */
export function ForecastPanel(props: ForecastPanelProps) {
  const { t, format, forecastInput, at, isMeasured, played } = props;
  return (
    <form class="card stack" method="get" action={at} id="forecast">
      <p class="fine">
        {t('forecastLead', { from: t(isMeasured ? 'forecastMeasured' : 'forecastGuessed') })}
      </p>
      <Fields t={t} forecastInput={forecastInput} names={forecastNames} />
      <button class="button quiet">{t('work')}</button>
      <div id="forecast-result" aria-live="polite">
        <ForecastResult {...props} />
      </div>
      <p class="fine">{t('formula')}</p>
      <h3>{t('play')}</h3>
      <p class="fine">{t('playLead')}</p>
      <Fields t={t} forecastInput={forecastInput} names={playedNames} />
      <p>
        <button class="button" id="play" formmethod="post" formaction={`${at}/simulation`}>
          {t('playIt')}
        </button>
      </p>
      <div id="play-result" role="status">
        <SimulationResult t={t} format={format} played={played} />
      </div>
    </form>
  );
}
