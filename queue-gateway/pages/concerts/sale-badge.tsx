import type { Concert } from '../../../shared/contracts/concerts.ts';
import type { ConcertWords } from './concert-list.tsx';

const words = {
  SCHEDULED: 'stateScheduled',
  ON_SALE: 'stateOnSale',
  SOLD_OUT: 'stateSoldOut',
  CLOSED: 'stateClosed',
} as const;

/** The state of a sale as a word in its colour; never the colour alone. */
export function saleBadge(t: ConcertWords, state: Concert['saleState']) {
  return <span class={`badge ${state.toLowerCase().replace('_', '-')}`}>{t(words[state])}</span>;
}
