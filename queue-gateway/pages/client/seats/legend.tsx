import type { Format } from '../../i18n/format.ts';
import type { Translate } from '../../i18n/translate.ts';
import type { SeatWords } from '../../messages/seats.ts';
import type { HallNames } from './hall-names.ts';

export interface LegendProps {
  t: Translate<keyof SeatWords>;
  format: Format;
  names: HallNames;
}

/** What the colours of the map mean. */
export function Legend({ t, format, names }: LegendProps) {
  return (
    <ul class="legend" aria-label={t('legend')}>
      {names.prices.map((price) => (
        <li key={String(price)}>
          <span class={`swatch tier-${names.colourOf(price)}`}></span>
          {format.won(price)}
        </li>
      ))}
      <li key="taken">
        <span class="swatch taken"></span>
        {t('taken')}
      </li>
      <li key="own">
        <span class="swatch own"></span>
        {t('yours')}
      </li>
    </ul>
  );
}
