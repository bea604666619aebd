import { setTimeout as delay } from 'node:timers/promises';
import type { Caller } from './caller.ts';
import type { Outcome } from './wire-call.ts';

interface Held {
  reservationId: string;
  seatId: string;
  price: number;
}

interface Paid {
  paymentId: string;
  reservationId: string;
  amount: number;
}

/** Seats: held by id, sometimes by pressing the button three times, and given back. */
function createSeatCalls(caller: Caller) {
  const { note, surely, newKey, pick, hall, random, habits } = caller;
  const { userId } = caller.account;
  const roomId = hall.concertId;

  async function holdOnce(): Promise<Held[]> {
    const seats = new Map(
      Array.from({ length: random() < 0.3 ? 2 : 1 }, () => pick(hall.seats)).map((seat) => [
        seat.seatId,
        seat.price,
      ]),
    );
    const seatIds = [...seats.keys()];
    const key = newKey();
    const { scheduleId } = hall;
    const path = `/concerts/${roomId}/reservations`;
    const once = (): Promise<Outcome> =>
      note(
        'hold',
        { userId, key, seatIds },
        { method: 'POST', path, body: { scheduleId, seatIds }, key },
        (body) => {
          const reservations = body['reservations'] as {
            reservationId: string;
            seatId: string;
            reservationExpireDt: string;
          }[];
          const ends = reservations.map(({ reservationExpireDt }) => reservationExpireDt);
          return { reservations, expiresMs: Math.min(...ends.map((at) => Date.parse(at))) };
        },
      );
    // Some press the button again and again, and a network may deliver a call twice.
    if (random() < habits.pressAgain) await Promise.all(Array.from({ length: 5 }, once));
    const held = await surely(once);
    if (held.result !== 'ok') return [];
    const reservations = held.body['reservations'] as Omit<Held, 'price'>[];
    return reservations.map((one) => ({ ...one, price: seats.get(one.seatId) ?? 0 }));
  }

  async function hold(): Promise<Held[]> {
    const devices = random() < habits.severalAtOnce ? 3 : 1;
    return (await Promise.all(Array.from({ length: devices }, holdOnce))).flat();
  }

  const release = ({ reservationId }: Held): Promise<Outcome> =>
    note(
      'release',
      { userId, reservationId },
      { method: 'DELETE', path: `/concerts/${roomId}/reservations/${reservationId}` },
    );

  return { hold, release };
}

/** Points: charged, paid, refunded, read. */
function createMoneyCalls(caller: Caller) {
  const { note, surely, newKey, random, habits } = caller;
  const { userId } = caller.account;
  const roomId = caller.hall.concertId;
  let charges = 0;

  const readBalance = (): Promise<Outcome> =>
    note('balance', { userId }, { method: 'GET', path: '/points' }, (body) => ({
      point: Number(body['point']),
    }));

  /** An amount that this account charges once only, so that it is told apart in the ledger. */
  async function chargeOnce(atLeast: number): Promise<Outcome> {
    const amount = atLeast + (charges += 1);
    const key = newKey();
    const once = (): Promise<Outcome> =>
      note(
        'charge',
        { userId, key, amount },
        { method: 'POST', path: '/points/charges', body: { amount }, key },
        (body) => ({ pointHistoryId: String(body['pointHistoryId']) }),
      );
    if (random() < habits.pressAgain) await Promise.all([once(), once()]);
    return surely(once);
  }

  /** Some charge on two devices at the same moment. */
  const charge = (amount: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: random() < habits.twoDevices ? 2 : 1 }, () => chargeOnce(amount)),
    );

  async function pay(held: readonly Held[]): Promise<Paid[]> {
    const reservationIds = held.map(({ reservationId }) => reservationId);
    const amount = held.reduce((sum, { price }) => sum + price, 0);
    const key = newKey();
    const path = `/concerts/${roomId}/payments`;
    const once = (): Promise<Outcome> =>
      note(
        'pay',
        { userId, key, reservationIds, amount },
        { method: 'POST', path, body: { reservationIds }, key },
        (body) => ({ payments: body['payments'] as Paid[] }),
      );
    if (random() < habits.pressAgain) await Promise.all([once(), once()]);
    const paid = await surely(once);
    return paid.result === 'ok' ? (paid.body['payments'] as Paid[]) : [];
  }

  function refundOnce({ paymentId, reservationId, amount }: Paid): Promise<Outcome> {
    const key = newKey();
    const path = `/payments/${paymentId}/refund`;
    return surely(() =>
      note(
        'refund',
        { userId, key, paymentId, reservationId, amount },
        { method: 'POST', path, key },
      ),
    );
  }

  /** Some ask twice, each time as if it were the first. */
  const refund = (paid: Paid): Promise<unknown> =>
    Promise.all(
      Array.from({ length: random() < habits.refundTwice ? 2 : 1 }, () => refundOnce(paid)),
    );

  return { readBalance, charge, pay, refund };
}

/** Buys once, as people do: not everybody pays, not everybody keeps what was paid. */
export function createBuyer(caller: Caller): () => Promise<void> {
  const { random, habits } = caller;
  const { hold, release } = createSeatCalls(caller);
  const { readBalance, charge, pay, refund } = createMoneyCalls(caller);
  /** Bought and thought over: given back at the next visit, so that a hall never sells out. */
  let kept: Paid[] = [];

  return async () => {
    for (const payment of kept.splice(0)) await refund(payment);
    if (random() < 0.2) await readBalance();
    const held = await hold();
    if (held.length === 0) return;
    if (random() < 0.25) {
      for (const one of held) await release(one);
      return;
    }
    if (random() < habits.forget) return;
    // Some are too slow, and their time runs out.
    if (random() < habits.tooLate) await delay(habits.tooLateMs);
    const price = held.reduce((sum, one) => sum + one.price, 0);
    if (random() < 0.95) await charge(price);
    const payments = await pay(held);
    await readBalance();
    if (random() < habits.keep) kept = [...payments];
    else for (const payment of payments) await refund(payment);
  };
}
