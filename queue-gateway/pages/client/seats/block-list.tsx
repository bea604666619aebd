import { useState } from 'hono/jsx/dom';
import type { Format } from '../../i18n/format.ts';
import type { Translate } from '../../i18n/translate.ts';
import type { SeatWords } from '../../messages/seats.ts';
import type { Hall } from '../../seats/hall-rules.ts';
import type { SeatStore } from './seat-store.ts';

export interface BlockListProps {
  t: Translate<keyof SeatWords>;
  format: Format;
  hall: Hall;
  store: SeatStore;
  chosen: ReadonlySet<number>;
  colourOf: (tier: number) => number;
  onPick: (index: number) => void;
}

const pageSize = 60;

/** The same hall as words and buttons: for who listens, and for who likes lists. */
export function BlockList(props: BlockListProps) {
  const { t, format, hall, store, chosen, colourOf, onPick } = props;
  const [open, setOpen] = useState<number | undefined>(undefined);
  const [shown, setShown] = useState(pageSize);
  return (
    <details class="block-list">
      <summary>{t('listView')}</summary>
      <ul>
        {hall.blocks.map(({ tier, seats }) => {
          const { block, price } = store.layout.tiers[tier] ?? { block: null, price: 0 };
          const free = seats.filter((index) => store.isFree(index));
          const isOpen = open === tier;
          const toggle = (): void => {
            setOpen(isOpen ? undefined : tier);
            setShown(pageSize);
          };
          return (
            <li key={String(tier)}>
              <button type="button" aria-expanded={isOpen ? 'true' : 'false'} onClick={toggle}>
                <span class={`swatch tier-${colourOf(tier)}`} aria-hidden="true"></span>
                <span>{block ?? format.won(price)}</span>
                <span>{format.won(price)}</span>
                <span class="fine">{t('blockLeft', { n: free.length })}</span>
              </button>
              {isOpen ? (
                <div class="seat-buttons">
                  {free.slice(0, shown).map((index) => {
                    const num = String(store.layout.seats[index]?.[1] ?? '');
                    const isChosen = chosen.has(index);
                    return (
                      <button
                        key={String(index)}
                        type="button"
                        aria-pressed={isChosen ? 'true' : 'false'}
                        aria-label={t('seat', { num })}
                        onClick={() => onPick(index)}
                      >
                        {num}
                      </button>
                    );
                  })}
                  {free.length > shown ? (
                    <button type="button" class="more" onClick={() => setShown(shown + pageSize)}>
                      {t('moreSeats')}
                    </button>
                  ) : null}
                </div>
              ) : null}
            </li>
          );
        })}
      </ul>
    </details>
  );
}
