import type { Format } from '../../i18n/format.ts';
import type { Translate } from '../../i18n/translate.ts';
import type { SeatWords } from '../../messages/seats.ts';
import { type Colours, colourByPrice } from './hall-paint.ts';
import type { SeatStore } from './seat-store.ts';

/** How seats are called and coloured on one date. */
export interface HallNames {
  readonly prices: readonly number[];
  nameOf(index: number): string;
  namesOf(indexes: readonly number[]): string;
  priceOf(index: number): number;
  /** 1, 2, 3, … of the price in the legend. */
  colourOf(price: number): number;
  idOf(index: number): string;
  /** Name, price and state as one sentence. */
  describe(index: number): string;
}

export function createHallNames(
  store: SeatStore,
  colours: Colours,
  { t, format }: { t: Translate<keyof SeatWords>; format: Format },
): HallNames {
  const { tiers, seats } = store.layout;
  const { prices } = colourByPrice(tiers, colours);
  const tierOf = (index: number) => tiers[seats[index]?.[2] ?? 0];
  const words = { A: 'free', H: 'held', S: 'sold' } as const;
  const names: HallNames = {
    prices,
    nameOf(index) {
      const num = String(seats[index]?.[1] ?? '');
      const block = tierOf(index)?.block;
      return block ? t('seatIn', { block, num }) : t('seat', { num });
    },
    namesOf: (indexes) => indexes.map(names.nameOf).join(', '),
    priceOf: (index) => tierOf(index)?.price ?? 0,
    colourOf: (price) => (prices.indexOf(price) % colours.tiers.length) + 1,
    idOf: (index) => seats[index]?.[0] ?? '',
    describe: (index) =>
      `${names.nameOf(index)}, ${format.won(names.priceOf(index))}, ${t(words[store.stateOf(index)])}`,
  };
  return names;
}
