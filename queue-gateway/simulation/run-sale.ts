import { joinBatchMax, type QueueStore } from '../queue/queue-store.ts';
import type { CoreChange, EntryClaims } from '../queue/queue-types.ts';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import { makeCrowd, type SaleOptions, type SimFan } from './crowd.ts';
import { type DrivenStore, drivenRoomId as roomId } from './driven-store.ts';
import { kendallTau, type SaleFigures } from './sale-figures.ts';

/**
 * A whole sale on the very Lua that runs it, with a driven clock: a second of the sale is as long
 * as Redis takes for it.
 */

const startMs = 1_800_000_000_000;
const activeSeconds = 3_600;
const lifeEverySeconds = 30;
const eventBatch = 200;
const longestSeconds = 12 * 3_600;

interface Inside {
  number: number;
  fan: SimFan;
  endsAt: number;
}

interface State {
  byNumber: Map<number, SimFan>;
  granted: Set<number>;
  inside: Inside[];
  order: number[];
  waits: number[];
  front: number;
  sold: number;
  eventId: number;
  mostInside: number;
  turnsNotTaken: number;
  nextArrival: number;
}

/** The room's own policy, as far as it is not what is tried: open, without a draw or a toll. */
const settingOf = (policy: RoomSetting, options: SaleOptions): RoomSetting => ({
  ...policy,
  concertId: roomId,
  concertActive: true,
  control: 'OPEN',
  opensAt: null,
  preQueueOpensAt: null,
  order: 'fifo',
  message: null,
  draw: undefined,
  maxActive: options.maxActive,
  admitPerSecond: options.admitPerSecond,
  claimSeconds: options.claimSeconds,
  activeSeconds,
  idleSeconds: activeSeconds,
  graceSeconds: options.graceSeconds,
  maxWaiting: 10_000_000,
});

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );

const claimsOf = (userId: string, number: number): EntryClaims => ({
  userId,
  number,
  epoch: 1,
  jti: '',
  tokenEnd: 0,
});

interface Sale {
  driven: DrivenStore;
  store: QueueStore;
  options: SaleOptions;
  crowd: SimFan[];
  state: State;
}

function createSale({ driven, options }: Pick<SaleRun, 'driven' | 'options'>): Sale {
  return {
    driven,
    store: driven.line,
    options,
    crowd: makeCrowd(options),
    state: {
      byNumber: new Map(),
      granted: new Set(),
      inside: [],
      order: [],
      waits: [],
      front: 0,
      sold: 0,
      eventId: 0,
      mostInside: 0,
      turnsNotTaken: 0,
      nextArrival: 0,
    },
  };
}

const setClock = ({ driven }: Sale, second: number): Promise<void> =>
  driven.setClock(startMs + second * 1_000);

async function arrive({ store, crowd, state }: Sale, second: number): Promise<void> {
  const from = state.nextArrival;
  while ((crowd[state.nextArrival]?.arrivesAt ?? Infinity) <= second) state.nextArrival += 1;
  for (const batch of chunks(crowd.slice(from, state.nextArrival), joinBatchMax)) {
    const userIds = batch.map(({ userId }) => userId);
    const { places } = await store.join(roomId, userIds);
    for (const [at, place] of places.entries()) {
      const fan = batch[at];
      if (fan && 'number' in place) state.byNumber.set(place.number, fan);
    }
  }
}

async function showLife({ store, state }: Sale, second: number): Promise<void> {
  if (second % lifeEverySeconds !== 0) return;
  const living = [...state.byNumber]
    .filter(([number, fan]) => number > state.front && fan.leavesAt > second)
    .map(([number]) => number);
  await store.touch(roomId, living);
}

async function take({ store, state }: Sale, number: number, second: number): Promise<void> {
  const fan = state.byNumber.get(number);
  if (!fan) return;
  if (!fan.comes || fan.leavesAt <= second) {
    state.turnsNotTaken += 1;
    return;
  }
  const token = { jti: `jti-${number}`, token: `token-${number}` };
  const tokenEndMs = startMs + (second + activeSeconds) * 1_000;
  await store.activate(roomId, claimsOf(fan.userId, number), { ...token, tokenEndMs });
  state.inside.push({ number, fan, endsAt: second + fan.checkoutSeconds });
  state.order.push(number);
  state.waits.push(second - fan.arrivesAt);
}

async function admit(sale: Sale, second: number): Promise<void> {
  const { driven, store, state } = sale;
  const reading = await store.tick(roomId, { withCensus: false });
  state.front = reading.front;
  state.mostInside = Math.max(state.mostInside, reading.slots);
  const leases = await driven.leases();
  const fresh = leases.filter((number) => !state.granted.has(number));
  for (const number of fresh) state.granted.add(number);
  await Promise.all(fresh.sort((a, b) => a - b).map((number) => take(sale, number, second)));
}

/** Buys what is left of what was wished for, or only leaves. */
function checkOut({ options, state }: Sale, { number, fan }: Inside): CoreChange {
  const seats = Math.min(fan.wishes, options.seats - state.sold);
  state.sold += seats;
  state.eventId += 1;
  const eventId = String(state.eventId);
  return { eventId, what: 'paid', number, userId: fan.userId, value: 0, seats };
}

async function finish(sale: Sale, second: number): Promise<void> {
  const { store, options, state } = sale;
  const done = state.inside.filter(({ endsAt }) => endsAt <= second);
  if (done.length === 0) return;
  state.inside = state.inside.filter(({ endsAt }) => endsAt > second);
  const changes = done.map((one) => checkOut(sale, one));
  for (const batch of chunks(changes, eventBatch)) await store.applyChanges(roomId, batch);
  const sellable = options.seats - state.sold;
  await store.setInventory(roomId, { sellable, soldOut: sellable === 0 });
}

/** What happens in a second, in this order. */
const steps = [arrive, showLife, finish, admit];

export interface SaleRun {
  driven: DrivenStore;
  /** What is not tried: windows of life, and whatever the room has beyond `options`. */
  policy: RoomSetting;
  options: SaleOptions;
  /** Asked each second of the sale; a play that is stopped tells how far it came. */
  isStopped?: () => boolean;
}

/** The sale as far as it was played; the room is the caller's to clear away. */
export async function runSale(run: SaleRun): Promise<SaleFigures> {
  const { policy, options, isStopped = () => false } = run;
  const sale = createSale(run);
  const { store, crowd, state } = sale;
  await setClock(sale, 0);
  await store.configure(settingOf(policy, options), { epoch: 1, front: 0, tail: 0, slots: 0 });
  await store.setInventory(roomId, { sellable: options.seats, soldOut: false });
  let soldOutSeconds: number | null = null;
  let second = 0;
  const isOver = (): boolean => {
    const everybodyCame = state.nextArrival === crowd.length && state.front === crowd.length;
    return state.inside.length === 0 && (state.sold >= options.seats || everybodyCame);
  };
  for (; second < longestSeconds && !(second > 0 && isOver()) && !isStopped(); second += 1) {
    await setClock(sale, second);
    for (const step of steps) await step(sale, second);
    if (state.sold >= options.seats) soldOutSeconds ??= second;
  }
  const waiting = [...state.byNumber].filter(
    ([number, fan]) => number > state.front && fan.leavesAt > second,
  );
  return {
    isWhole: isOver(),
    soldOutSeconds,
    lastedSeconds: second,
    sold: state.sold,
    turns: state.granted.size,
    turnsNotTaken: state.turnsNotTaken,
    slotSecondsNotUsed: state.turnsNotTaken * options.claimSeconds,
    mostInside: state.mostInside,
    waits: [...state.waits].sort((a, b) => a - b),
    waitingAtEnd: waiting.length,
    fairness: kendallTau(state.order),
  };
}
