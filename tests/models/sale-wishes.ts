import fc from 'fast-check';
import type { SaleAnswer, SaleCall } from './sale-model.ts';

/** What somebody is to do, before it is known which reservations there will be. */
export type SaleWish = { user: number } & (
  | { do: 'hold'; seats: number[] }
  | { do: 'holdAny'; quantity: number; maxPrice: number }
  | { do: 'extend' | 'release' | 'refund'; which: number }
  | { do: 'pay'; which: number[] }
  | { do: 'charge'; amount: number }
  | { do: 'balance' | 'list' | 'map' }
  /** An earlier call once more, under its key; or another one under that key. */
  | { do: 'again' | 'reuse'; which: number }
);
/** Holds last 300 s; no sum of these comes near, however long a run takes. */
export type Pause = { do: 'advance'; ms: number };

export const fans = 3;
export const prices = [500, 500, 900, 500, 900, 500];

const user = fc.nat(fans - 1);
const which = fc.nat(9);
const wish = <More extends object>(what: SaleWish['do'], more: fc.Arbitrary<More>) =>
  fc
    .tuple(user, more)
    .map(([by, rest]) => ({ do: what, user: by, ...rest }) as unknown as SaleWish);
const one = fc.record({ which });
const nothing = fc.constant({});
const seats = fc.uniqueArray(fc.nat(prices.length - 1), { minLength: 1, maxLength: 3 });
const anySeats = fc.record({
  quantity: fc.integer({ min: 1, max: 3 }),
  maxPrice: fc.constantFrom(900, 900, 500, 100),
});
const some = fc.record({ which: fc.array(which, { minLength: 1, maxLength: 2 }) });
const amount = fc.record({ amount: fc.constantFrom(300, 500, 1_400) });

export const wishArb: fc.Arbitrary<SaleWish> = fc.oneof(
  { weight: 6, arbitrary: wish('hold', fc.record({ seats })) },
  { weight: 3, arbitrary: wish('holdAny', anySeats) },
  { weight: 2, arbitrary: wish('extend', one) },
  { weight: 2, arbitrary: wish('release', one) },
  { weight: 5, arbitrary: wish('pay', some) },
  { weight: 3, arbitrary: wish('refund', one) },
  { weight: 3, arbitrary: wish('charge', amount) },
  { weight: 1, arbitrary: wish('balance', nothing) },
  { weight: 1, arbitrary: wish('list', nothing) },
  { weight: 1, arbitrary: wish('map', nothing) },
  { weight: 2, arbitrary: wish('again', one) },
  { weight: 1, arbitrary: wish('reuse', one) },
);
export const pauseArb: fc.Arbitrary<Pause> = fc.record({
  do: fc.constant('advance' as const),
  ms: fc.constantFrom(70_000, 130_000, 310_000),
});

const keyed = new Set<SaleCall['do']>(['hold', 'holdAny', 'extend', 'pay', 'refund', 'charge']);
const nobodys = '999999999999';

/** Another call under the same key, or one of another kind, for which the key is a new one. */
function otherThan({ user: by, key, ...call }: SaleCall): SaleCall {
  const more = key === undefined ? {} : { key };
  if (call.do === 'hold') return { do: 'holdAny', user: by, quantity: 1, maxPrice: 900, ...more };
  return { do: 'charge', user: by, amount: 700, ...more };
}

/** Turns wishes into calls, by what the answers before have told. */
export function createSaleBook(users: readonly string[]) {
  const reservations: string[] = [];
  const payments: string[] = [];
  const sent: SaleCall[] = [];
  const pick = (from: readonly string[], at: number): string => from[at % from.length] ?? nobodys;

  function resolve(asked: SaleWish): SaleCall {
    const by = users[asked.user] ?? '';
    switch (asked.do) {
      case 'extend':
      case 'release':
        return { do: asked.do, user: by, id: pick(reservations, asked.which) };
      case 'refund':
        return { do: 'refund', user: by, paymentId: pick(payments, asked.which) };
      case 'pay': {
        const ids = new Set(asked.which.map((at) => pick(reservations, at)));
        return { do: 'pay', user: by, ids: [...ids] };
      }
      case 'again':
        return sent[asked.which % sent.length] ?? { do: 'balance', user: by };
      case 'reuse':
        return otherThan(sent[asked.which % sent.length] ?? { do: 'balance', user: by });
      case 'hold':
      case 'holdAny':
      case 'charge':
      case 'balance':
      case 'list':
      case 'map':
        return { ...asked, user: by };
    }
  }

  return {
    /** The call that is to be sent. */
    next(asked: SaleWish): SaleCall {
      const call = resolve(asked);
      if (asked.do === 'again' || asked.do === 'reuse' || !keyed.has(call.do)) return call;
      const withKey = { ...call, key: `key-${sent.length}` };
      sent.push(withKey);
      return withKey;
    },
    learn({ reservations: held, payments: paid }: SaleAnswer): void {
      const isNew = (known: readonly string[], id: string): boolean => !known.includes(id);
      for (const { id } of held) if (isNew(reservations, id)) reservations.push(id);
      for (const { paymentId } of paid) if (isNew(payments, paymentId)) payments.push(paymentId);
    },
  };
}
