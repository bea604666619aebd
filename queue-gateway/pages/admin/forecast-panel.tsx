import type { Format } from '../i18n/format.ts';
import type { AdminT } from './admin-frame.tsx';
import { forecast, type ForecastOptions } from './forecast-rules.ts';

/** As typed: shares in hundredths. */
export type ForecastInput = Record<keyof ForecastOptions, number>;

export const forecastNames = [
  'admitPerSecond',
  'maxActive',
  'visitSeconds',
  'people',
  'seats',
  'convert',
  'seatsPerOrder',
] as const satisfies readonly (keyof ForecastOptions)[];

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

export function ForecastPanel(props: ForecastProps & { at: string }) {
  const { t, forecastInput, at } = props;
  return (
    <form class="card stack" method="get" action={at} id="forecast">
      <p class="fine">{t('forecastLead')}</p>
      <div class="fields">
        {forecastNames.map((name) => (
          <label class="field">
            <span>{t(name)}</span>
            <input
              type="number"
              name={name}
              min="0"
              step="any"
              value={String(forecastInput[name])}
            />
          </label>
        ))}
      </div>
      <button class="button quiet">{t('work')}</button>
      <div id="forecast-result" aria-live="polite">
        <ForecastResult {...props} />
      </div>
      <p class="fine">{t('formula')}</p>
    </form>
  );
}
