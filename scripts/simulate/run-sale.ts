import type { Redis } from 'ioredis';
import { defaultPolicy } from '../../core-api/rooms/room-rules.ts';
import { type RoomKeys, roomKeys } from '../../queue-gateway/queue/queue-keys.ts';
import {
  createQueueStore,
  joinBatchMax,
  type QueueStore,
} from '../../queue-gateway/queue/queue-store.ts';
import type { CoreChange, EntryClaims } from '../../queue-gateway/queue/queue-types.ts';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import { makeCrowd, type SaleOptions, type SimFan } from './crowd.ts';
import { kendallTau, type SaleFigures } from './figures.ts';

/**
 * A whole sale on the very Lua that runs it, with a driven clock: a second of the sale is as long
 * as Redis takes for it.
 */

const roomId = '1';
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

const settingOf = (options: SaleOptions): RoomSetting => ({
  ...defaultPolicy,
  concertId: roomId,
  concertActive: true,
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
  redis: Redis;
  store: QueueStore;
  keys: RoomKeys;
  options: SaleOptions;
  crowd: SimFan[];
  state: State;
}

function createSale(redis: Redis, namespace: string, options: SaleOptions): Sale {
  return {
    redis,
    store: createQueueStore({
      redis,
      namespace,
      server: { of: () => ({ client: redis, run: 'simulated' }) },
    }),
    keys: roomKeys(namespace, roomId),
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

function setClock({ redis, keys }: Sale, second: number): Promise<unknown> {
  const nowMs = startMs + second * 1_000;
  return redis.hset(keys.state, 'clock', nowMs, 'seenAt', nowMs);
}

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
  const { redis, store, keys, state } = sale;
  const reading = await store.tick(roomId, { withCensus: false });
  state.front = reading.front;
  state.mostInside = Math.max(state.mostInside, reading.slots);
  const leases = (await redis.zrange(keys['leases'] ?? '', '0', '-1')).map(Number);
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

export async function runSale(
  redis: Redis,
  namespace: string,
  options: SaleOptions,
): Promise<SaleFigures> {
  const sale = createSale(redis, namespace, options);
  const { store, crowd, state } = sale;
  await setClock(sale, 0);
  await store.configure(settingOf(options), { epoch: 1, front: 0, tail: 0, slots: 0 });
  await store.setInventory(roomId, { sellable: options.seats, soldOut: false });
  let soldOutSeconds: number | null = null;
  let second = 0;
  const isOver = (): boolean => {
    const everybodyCame = state.nextArrival === crowd.length && state.front === crowd.length;
    return state.inside.length === 0 && (state.sold >= options.seats || everybodyCame);
  };
  for (; second < longestSeconds && !(second > 0 && isOver()); second += 1) {
    await setClock(sale, second);
    for (const step of steps) await step(sale, second);
    if (state.sold >= options.seats) soldOutSeconds ??= second;
  }
  const waiting = [...state.byNumber].filter(
    ([number, fan]) => number > state.front && fan.leavesAt > second,
  );
  return {
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
