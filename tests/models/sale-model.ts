/**
 * The sale in plain TypeScript, for one purpose: to say how the core must answer. It knows nothing of
 * transactions, locks or batches: one call happens, then the next.
 */

/** A call with its ids filled in. Seats are counted from 0. */
export type SaleCall = { user: string; key?: string } & (
  | { do: 'hold'; seats: readonly number[] }
  | { do: 'holdAny'; quantity: number; maxPrice: number }
  | { do: 'extend' | 'release'; id: string }
  | { do: 'pay'; ids: readonly string[] }
  | { do: 'refund'; paymentId: string }
  | { do: 'charge'; amount: number }
  | { do: 'balance' | 'list' | 'map' }
);

/** `201`, or status and code of the problem; what a good answer says, in the model's words. */
export interface SaleAnswer {
  word: string;
  /** Byte for byte. */
  text: string;
  reservations: readonly { id: string; seat: number; price: number }[];
  payments: readonly { paymentId: string; reservationId: string; amount: number }[];
  point: number | undefined;
  /** Of `list` by reservation, of `map` by seat. */
  statuses: Readonly<Record<string, string>>;
}

export interface Held {
  user: string;
  seat: number;
  status: 'HELD' | 'CONFIRMED' | 'CANCELLED';
  untilMs: number;
  isExtended: boolean;
}

export interface SaleState {
  nowMs: number;
  /** By seat, in the order of their numbers. */
  prices: readonly number[];
  held: Readonly<Record<string, Held>>;
  payments: Readonly<Record<string, { reservationId: string; user: string; isRefunded: boolean }>>;
  points: Readonly<Record<string, number>>;
  /** Answers by key, with what was asked. */
  answers: Readonly<Record<string, { asked: string; text: string }>>;
}

export const holdMs = 300_000;
export const seatsPerUser = 4;

export const emptySale = (prices: readonly number[]): SaleState => ({
  ...{ nowMs: 0, prices, held: {}, payments: {}, points: {}, answers: {} },
});

/** How strictly an answer is taken. */
export interface Strictness {
  /** Seats that other calls of the same moment were after: they may be told to be taken. */
  rivals?: ReadonlySet<number>;
  /** Alone, refusals come in the order that is written down; among others, each for its reason. */
  isAlone: boolean;
}

export const isLive = ({ nowMs }: SaleState, { status, untilMs }: Held): boolean =>
  status === 'CONFIRMED' || (status === 'HELD' && untilMs > nowMs);

const isOverdue = ({ nowMs }: SaleState, { status, untilMs }: Held): boolean =>
  status === 'HELD' && untilMs <= nowMs;

const liveSeats = (state: SaleState): Map<number, Held> =>
  new Map(
    Object.values(state.held)
      .filter((one) => isLive(state, one))
      .map((one) => [one.seat, one]),
  );

const seatsOf = (state: SaleState, user: string): number =>
  Object.values(state.held).filter((one) => one.user === user && isLive(state, one)).length;

/** Why a call is refused, all that applies, in the order in which it is told. Empty: it is not. */
export function refusalsOf(state: SaleState, call: SaleCall): string[] {
  const when = (is: boolean, word: string): string[] => (is ? [word] : []);
  const ofHold = (one: Held | undefined): string[] => {
    if (!one || one.user !== call.user) return ['404 not-found'];
    if (one.status === 'CONFIRMED') return ['409 already-paid'];
    return when(!isLive(state, one), '409 hold-expired');
  };
  switch (call.do) {
    case 'hold': {
      const live = liveSeats(state);
      const tooMany = seatsOf(state, call.user) + call.seats.length > seatsPerUser;
      const taken = call.seats.some((seat) => live.has(seat));
      return [...when(tooMany, '409 seat-limit-exceeded'), ...when(taken, '409 seat-taken')];
    }
    case 'holdAny': {
      const tooMany = seatsOf(state, call.user) + call.quantity > seatsPerUser;
      const tooFew = freeSeats(state, call.maxPrice).length < call.quantity;
      return [...when(tooMany, '409 seat-limit-exceeded'), ...when(tooFew, '409 seat-taken')];
    }
    case 'release': {
      const one = state.held[call.id];
      return one?.user === call.user && one.status === 'CANCELLED' ? [] : ofHold(one);
    }
    case 'extend': {
      const one = state.held[call.id];
      return [...ofHold(one), ...when(one?.isExtended === true, '409 hold-extended')];
    }
    case 'pay': {
      const words = call.ids.flatMap((id) => ofHold(state.held[id]));
      const order = ['404 not-found', '409 already-paid', '409 hold-expired'];
      const told = order.filter((word) => words.includes(word));
      const sum = call.ids.reduce((all, id) => all + priceOf(state, id), 0);
      return [...told, ...when(sum > pointsOf(state, call.user), '409 insufficient-points')];
    }
    case 'refund': {
      const payment = state.payments[call.paymentId];
      if (payment?.user !== call.user) return ['404 not-found'];
      return when(payment.isRefunded, '409 already-refunded');
    }
    case 'charge':
    case 'balance':
    case 'list':
    case 'map':
      return [];
  }
}

const priceOf = ({ prices, held }: SaleState, id: string): number =>
  prices[held[id]?.seat ?? -1] ?? 0;
export const pointsOf = ({ points }: SaleState, user: string): number => points[user] ?? 0;

function freeSeats(state: SaleState, maxPrice: number): number[] {
  const live = liveSeats(state);
  return [...state.prices.keys()].filter(
    (seat) => !live.has(seat) && (state.prices[seat] ?? 0) <= maxPrice,
  );
}

/** Side by side and leaving no lone seat, else side by side, else the lowest numbers. */
export function bestSeats(free: readonly number[], count: number): number[] {
  const isFree = new Set(free);
  const groups: { seats: number[]; isLone: boolean }[] = [];
  for (let seat = 0, start = 0; seat <= Math.max(...free); seat += 1) {
    if (!isFree.has(seat)) start = seat + 1;
    else if ((seat - start + 1) % count === 0) {
      let end = seat;
      while (isFree.has(end + 1)) end += 1;
      const from = seat - count + 1;
      const seats = Array.from({ length: count }, (_, at) => from + at);
      groups.push({ seats, isLone: from - start === 1 || end - seat === 1 });
    }
  }
  const best = groups.find(({ isLone }) => !isLone) ?? groups[0];
  return best?.seats ?? free.slice(0, count);
}

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((one, at) => one === b[at]);

/** New holds, when the seats of the answer are ones that could be given. */
function giveSeats(state: SaleState, call: SaleCall, answer: SaleAnswer): SaleState | undefined {
  const seats = answer.reservations.map(({ seat }) => seat).sort((a, b) => a - b);
  const live = liveSeats(state);
  const isRight = answer.reservations.every(
    ({ id, seat, price }) => !live.has(seat) && !state.held[id] && price === state.prices[seat],
  );
  if (!isRight || new Set(seats).size !== seats.length) return undefined;
  const made = answer.reservations.map(({ id, seat }): [string, Held] => [
    id,
    {
      ...{ user: call.user, seat, status: 'HELD', isExtended: false },
      untilMs: state.nowMs + holdMs,
    },
  ]);
  return { ...state, held: { ...state.held, ...Object.fromEntries(made) } };
}

const withHeld = (state: SaleState, id: string, change: Partial<Held>): SaleState => ({
  ...state,
  held: { ...state.held, [id]: { ...(state.held[id] as Held), ...change } },
});

const withPoints = (state: SaleState, user: string, by: number): SaleState => ({
  ...state,
  points: { ...state.points, [user]: pointsOf(state, user) + by },
});

function paid(
  state: SaleState,
  { user, ids }: SaleCall & { do: 'pay' },
  { payments, point }: SaleAnswer,
): SaleState | undefined {
  const named = payments.map(({ reservationId }) => reservationId).sort();
  if (named.join() !== [...ids].sort().join()) return undefined;
  let after = state;
  for (const { paymentId, reservationId, amount } of payments) {
    if (amount !== priceOf(state, reservationId) || state.payments[paymentId]) return undefined;
    const payment = { reservationId, user, isRefunded: false };
    after = { ...after, payments: { ...after.payments, [paymentId]: payment } };
    after = withHeld(withPoints(after, user, -amount), reservationId, { status: 'CONFIRMED' });
  }
  return point === pointsOf(after, user) ? after : undefined;
}

function refunded(
  state: SaleState,
  { user, paymentId }: SaleCall & { do: 'refund' },
  { point }: SaleAnswer,
): SaleState | undefined {
  const payment = state.payments[paymentId];
  if (!payment) return undefined;
  const { reservationId } = payment;
  const back = withPoints(state, user, priceOf(state, reservationId));
  const payments = { ...state.payments, [paymentId]: { ...payment, isRefunded: true } };
  const after = withHeld({ ...back, payments }, reservationId, { status: 'CANCELLED' });
  return point === pointsOf(after, user) ? after : undefined;
}

const sameStatuses = (answer: SaleAnswer, expected: Record<string, string>): boolean =>
  Object.keys(answer.statuses).length === Object.keys(expected).length &&
  Object.entries(expected).every(([name, status]) => answer.statuses[name] === status);

const statusOf = (state: SaleState, one: Held): string =>
  isOverdue(state, one) ? 'EXPIRED' : one.status;

function isRead(state: SaleState, call: SaleCall, answer: SaleAnswer): boolean {
  if (call.do === 'balance') return answer.point === pointsOf(state, call.user);
  if (call.do === 'list') {
    const own = Object.entries(state.held).filter(([, { user }]) => user === call.user);
    return sameStatuses(
      answer,
      Object.fromEntries(own.map(([id, one]) => [id, statusOf(state, one)])),
    );
  }
  const live = liveSeats(state);
  const seats = [...state.prices.keys()].map((seat) => {
    const status = live.get(seat)?.status;
    return [seat, status === 'CONFIRMED' ? 'SOLD' : (status ?? 'AVAILABLE')];
  });
  return sameStatuses(answer, Object.fromEntries(seats) as Record<string, string>);
}

/** What an accepted call leaves behind; undefined when the answer does not fit. */
function accept(state: SaleState, call: SaleCall, answer: SaleAnswer, { isAlone }: Strictness) {
  switch (call.do) {
    case 'hold': {
      const given = answer.reservations.map(({ seat }) => seat).sort((a, b) => a - b);
      const asked = [...call.seats].sort((a, b) => a - b);
      return sameNumbers(given, asked) ? giveSeats(state, call, answer) : undefined;
    }
    case 'holdAny': {
      const given = answer.reservations.map(({ seat }) => seat).sort((a, b) => a - b);
      const free = freeSeats(state, call.maxPrice);
      if (given.length !== call.quantity || given.some((seat) => !free.includes(seat))) return;
      // What is overdue is picked last while nobody has tidied up behind it.
      const isTidy = !Object.values(state.held).some((one) => isOverdue(state, one));
      const isBest = sameNumbers(given, bestSeats(free, call.quantity));
      return isAlone && isTidy && !isBest ? undefined : giveSeats(state, call, answer);
    }
    case 'extend':
      return withHeld(state, call.id, { untilMs: state.nowMs + holdMs, isExtended: true });
    case 'release':
      return withHeld(state, call.id, { status: 'CANCELLED' });
    case 'pay':
      return paid(state, call, answer);
    case 'refund':
      return refunded(state, call, answer);
    case 'charge': {
      const after = withPoints(state, call.user, call.amount);
      return answer.point === pointsOf(after, call.user) ? after : undefined;
    }
    case 'balance':
    case 'list':
    case 'map':
      return isRead(state, call, answer) ? state : undefined;
  }
}

/** A key is an account's, for one kind of call. */
const nameOfKey = ({ user, do: what }: SaleCall, key: string): string =>
  `${user} ${what === 'holdAny' ? 'hold' : what} ${key}`;

export interface SaleModel {
  refusalsOf: typeof refusalsOf;
  accept: typeof accept;
}
export const saleModel: SaleModel = { refusalsOf, accept };

/** @returns what the call leaves behind; undefined when it cannot have been answered so. */
export function stepSale(
  state: SaleState,
  { call, answer }: { call: SaleCall; answer: SaleAnswer },
  strictness: Strictness,
  model: SaleModel = saleModel,
): SaleState | undefined {
  const { key, ...asked } = call;
  const name = key === undefined ? undefined : nameOfKey(call, key);
  const stored = name === undefined ? undefined : state.answers[name];
  if (stored) {
    if (stored.asked !== JSON.stringify(asked))
      return answer.word === '422 idempotency-key-reused' ? state : undefined;
    return answer.text === stored.text ? state : undefined;
  }
  const refusals = model.refusalsOf(state, call);
  if (!answer.word.startsWith('2')) {
    const { isAlone, rivals = new Set() } = strictness;
    if (isAlone) return answer.word === refusals[0] ? state : undefined;
    const isRival = call.do === 'hold' && call.seats.some((seat) => rivals.has(seat));
    if (answer.word === '409 seat-taken' && isRival) return state;
    return refusals.includes(answer.word) ? state : undefined;
  }
  if (refusals.length > 0) return undefined;
  const after = model.accept(state, call, answer, strictness);
  if (!after || name === undefined) return after;
  const answers = { ...state.answers, [name]: { asked: JSON.stringify(asked), text: answer.text } };
  return { ...after, answers };
}
