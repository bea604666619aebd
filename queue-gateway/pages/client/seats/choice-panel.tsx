import type { Format } from '../../i18n/format.ts';
import type { Translate } from '../../i18n/translate.ts';
import type { SeatWords } from '../../messages/seats.ts';

export interface ChosenSeat {
  index: number;
  name: string;
  price: number;
  colour: number;
}

export interface ChoicePanelProps {
  t: Translate<keyof SeatWords>;
  format: Format;
  chosen: readonly ChosenSeat[];
  max: number;
  prices: readonly number[];
  isBusy: boolean;
  onRemove: (index: number) => void;
  onKeep: () => void;
  onBest: (quantity: number, maxPrice: number | undefined) => void;
}

function Best({ t, format, max, prices, isBusy, onBest }: ChoicePanelProps) {
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const price = Number(form.get('maxPrice'));
    onBest(Number(form.get('quantity')), price > 0 ? price : undefined);
  };
  return (
    <form class="best" onSubmit={submit}>
      <h2>{t('bestTitle')}</h2>
      <p class="fine">{t('bestLead')}</p>
      <div class="best-fields">
        <label class="field">
          <span>{t('howMany')}</span>
          <select name="quantity">
            {Array.from({ length: max }, (_, at) => (
              <option value={String(at + 1)}>{String(at + 1)}</option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{t('upTo')}</span>
          <select name="maxPrice">
            <option value="0">{t('anyPrice')}</option>
            {prices.map((price) => (
              <option value={String(price)}>{format.won(price)}</option>
            ))}
          </select>
        </label>
      </div>
      <button class="button quiet wide" disabled={isBusy}>
        {t('best')}
      </button>
    </form>
  );
}

/** What is chosen so far, what it costs, and the way on. */
export function ChoicePanel(props: ChoicePanelProps) {
  const { t, format, chosen, max, isBusy, onRemove, onKeep } = props;
  const total = chosen.reduce((sum, { price }) => sum + price, 0);
  if (chosen.length === 0)
    return (
      <div class="stack">
        <p>{t('chosenNone', { max })}</p>
        <Best {...props} />
      </div>
    );
  return (
    <div class="picked">
      <h2>{t('chosen', { n: chosen.length, max })}</h2>
      <ul class="chosen">
        {chosen.map(({ index, name, price, colour }) => (
          <li key={String(index)}>
            <span class={`swatch tier-${colour}`} aria-hidden="true"></span>
            <span>{name}</span>
            <span class="price">{format.won(price)}</span>
            <button
              type="button"
              aria-label={t('remove', { seat: name })}
              onClick={() => onRemove(index)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <p class="total">
        <span>{t('total')}</span>
        <strong>{format.won(total)}</strong>
      </p>
      <button type="button" class="button wide" disabled={isBusy} onClick={onKeep}>
        {t('keep')}
      </button>
    </div>
  );
}
