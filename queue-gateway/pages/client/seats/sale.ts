import type { Concert } from '../../../../shared/contracts/concerts.ts';
import type { Format } from '../../i18n/format.ts';
import type { Translate } from '../../i18n/translate.ts';
import type { SeatWords } from '../../messages/seats.ts';
import { alternativesTo, type Hall, planHall } from '../../seats/hall-rules.ts';
import { type ApiAnswer, ask } from '../api.ts';
import { mount } from '../mount.tsx';
import { element } from '../page-data.ts';
import { BlockList, type BlockListProps } from './block-list.tsx';
import { ChoicePanel, type ChoicePanelProps, type ChosenSeat } from './choice-panel.tsx';
import { createHallMap, type HallMap } from './hall-map.ts';
import { createHallNames, type HallNames } from './hall-names.ts';
import { colourByPrice, readColours } from './hall-paint.ts';
import { Legend } from './legend.tsx';
import { createNotes, type Notes } from './sale-notes.ts';
import { openSeatStore, type SeatStore } from './seat-store.ts';

export interface SaleDeps {
  t: Translate<keyof SeatWords>;
  format: Format;
  concert: Concert;
  /** The page's door to the API. */
  api: string;
}

/** One date that is open: what is known of it, what is chosen on it. */
interface OpenDate {
  scheduleId: string;
  hall: Hall;
  store: SeatStore;
  names: HallNames;
  chosen: Set<number>;
}

interface Views {
  map: HallMap;
  showChoice: (props: ChoicePanelProps) => void;
  showList: (props: BlockListProps) => void;
}

type Wish = { seatIds: string[] } | { quantity: number; maxPrice?: number };

const keep = (
  { api, concert }: SaleDeps,
  scheduleId: string,
  wish: Wish,
): Promise<ApiAnswer<unknown>> =>
  ask(`${api}/concerts/${concert.concertId}/reservations`, {
    method: 'POST',
    body: { scheduleId, ...wish },
    key: crypto.randomUUID(),
  });

/** Somebody was faster: says with which, and offers what is free close by. */
function offerOthers(
  date: OpenDate,
  lostIds: readonly string[],
  { deps: { t, concert }, notes, show }: { deps: SaleDeps; notes: Notes; show: () => void },
): void {
  const { store, hall, names, chosen } = date;
  const lost = [...chosen].filter((index) => lostIds.includes(names.idOf(index)));
  for (const index of lost) chosen.delete(index);
  store.markTaken(lost);
  const others = alternativesTo(hall, lost, (index) => store.isFree(index) && !chosen.has(index));
  const taken = t('takenNote', { seats: names.namesOf(lost) });
  if (others.length === 0) return notes.tell(`${taken} ${t('noAlternatives')}`);
  notes.offer(
    `${taken} ${t('alternatives', { seats: names.namesOf(others) })}`,
    t('takeThese'),
    () => {
      for (const index of others)
        if (store.isFree(index) && chosen.size < concert.seatsPerUser) chosen.add(index);
      notes.clear();
      show();
    },
  );
}

const chosenSeats = ({ chosen, names }: OpenDate): ChosenSeat[] =>
  [...chosen].map((index) => {
    const price = names.priceOf(index);
    return { index, name: names.nameOf(index), price, colour: names.colourOf(price) };
  });

/** A chosen seat that went to somebody else is no longer chosen. */
function dropLost({ store, chosen, names }: OpenDate, { t }: SaleDeps, notes: Notes): void {
  for (const index of chosen) {
    if (store.isFree(index)) continue;
    chosen.delete(index);
    notes.tell(t('lostOne', { seat: names.nameOf(index) }));
  }
}

/** What the visitor does on one date, and what is shown of it. */
function createDesk(date: OpenDate, deps: SaleDeps, notes: Notes) {
  const { t, format, concert } = deps;
  const { store, hall, names, chosen } = date;
  const { concertId, seatsPerUser: max } = concert;
  let views: Views | undefined;
  let isBusy = false;

  const choice = (): ChoicePanelProps => ({
    ...{ t, format, max, isBusy, prices: names.prices, onRemove: pick },
    chosen: chosenSeats(date),
    onKeep: () => void send({ seatIds: [...chosen].map(names.idOf) }),
    onBest: (quantity, maxPrice) =>
      void send({ quantity, ...(maxPrice === undefined ? {} : { maxPrice }) }),
  });
  const list = (): BlockListProps => ({
    ...{ t, format, hall, store, chosen, onPick: pick },
    colourOf: (tier) => names.colourOf(store.layout.tiers[tier]?.price ?? 0),
  });

  function show(): void {
    views?.showChoice(choice());
    views?.showList(list());
    views?.map.repaint();
  }

  function pick(index: number): void {
    if (chosen.has(index)) chosen.delete(index);
    else if (!store.isFree(index)) return notes.say(names.describe(index));
    else if (chosen.size >= max) return notes.tell(t('limit', { max }));
    else chosen.add(index);
    notes.clear();
    notes.say(names.describe(index));
    show();
  }

  async function send(wish: Wish): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    show();
    const answer = await keep(deps, date.scheduleId, wish);
    if (answer.ok) return location.assign(`/c/${concertId}/checkout`);
    isBusy = false;
    const code = answer.problem?.code;
    const lost = answer.problem?.['seatIds'] as string[] | undefined;
    if (code === 'seat-taken' && 'seatIds' in wish)
      offerOthers(date, lost ?? [], { deps, notes, show });
    else if (code === 'seat-limit-exceeded') notes.tell(t('limit', { max }));
    else notes.refuse(answer);
    show();
  }

  return {
    pick,
    show,
    choice,
    list,
    attach: (given: Views) => (views = given),
    onChange(): void {
      // What is being kept right now is the API's to judge.
      if (!isBusy) dropLost(date, deps, notes);
      show();
    },
  };
}

export interface Sale {
  open(scheduleId: string): Promise<void>;
  readonly notes: Notes;
}

/** The sale of one concert, one date at a time. */
export function createSale(deps: SaleDeps): Sale {
  const { t, format, concert, api } = deps;
  const notes = createNotes(t, concert.concertId);
  const colours = readColours();
  let close = (): void => undefined;

  async function open(scheduleId: string): Promise<void> {
    close();
    notes.clear();
    let onChange = (): void => undefined;
    const path = `${api}/concerts/${concert.concertId}/schedules/${scheduleId}/seats`;
    const store = await openSeatStore(path, {
      onChange: () => onChange(),
      onRefused: notes.refuse,
      onLink: notes.link,
    });
    if ('ok' in store) return notes.refuse(store);
    const { tiers, seats } = store.layout;
    const hall = planHall(tiers, seats);
    const names = createHallNames(store, colours, deps);
    const chosen = new Set<number>();
    const desk = createDesk({ scheduleId, hall, store, names, chosen }, deps, notes);
    const { of } = colourByPrice(tiers, colours);
    const colourOf = (tier: number): string => of(tiers[tier]?.price ?? 0);
    const map = createHallMap({
      canvas: element<HTMLCanvasElement>('#hall'),
      hall,
      parts: () => ({ hall, store, colours, colourOf, chosen, stageLabel: t('stage') }),
      onPick: desk.pick,
      onCursor: (index) => notes.say(names.describe(index)),
    });
    mount(Legend, element('#legend'), { t, format, names });
    desk.attach({
      map,
      showChoice: mount(ChoicePanel, element('#choice'), desk.choice()),
      showList: mount(BlockList, element('#list'), desk.list()),
    });
    onChange = desk.onChange;
    element('#hall-loading').hidden = true;
    element('#zoom-in').onclick = () => map.zoom(1.6);
    element('#zoom-out').onclick = () => map.zoom(1 / 1.6);
    element('#zoom-whole').onclick = map.whole;
    close = () => {
      store.stop();
      map.close();
    };
    if (!seats.some((_, index) => store.isFree(index))) notes.tell(t('soldOutDate'));
  }

  return { open, notes };
}
