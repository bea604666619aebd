import { request } from 'undici';
import { assertionHeader, type Caller, nobody, signAssertion } from '../../shared/assertion.ts';
import type { KeySet } from '../../shared/keys.ts';

/** Sends one call as the gateway would. @throws Error for any answer but a 2xx. */
export type Send = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  target: string,
  options?: { body?: unknown; caller?: Partial<Caller>; idempotencyKey?: string },
) => Promise<Record<string, unknown>>;

export function createSend(url: string, keys: KeySet): Send {
  return async (method, target, { body, caller, idempotencyKey } = {}) => {
    const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const call = { audience: 'core-api', method, target, body: bytes } as const;
    const answer = await request(`${url}${target}`, {
      method,
      ...(body === undefined ? {} : { body: bytes }),
      headers: {
        [assertionHeader]: signAssertion({ keys }, call, { ...nobody, ...caller }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
      },
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${target}: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
}

/** Seats from here on are free: see fill.ts. */
const freeSeatId = 150_001;
const scheduleId = '151';
const concertId = '1';
const fan = { userId: '5500', role: 'USER', room: concertId, entryId: '1' } as const;
const owner = { userId: '1', role: 'ADMIN' } as const;

const firstOf = (answer: Record<string, unknown>, list: string): Record<string, string> =>
  (answer[list] as Record<string, string>[])[0] ?? {};

/** Every call of the core once, in an order that works; `record` is told before each. */
export async function callAll(send: Send, record: (name: string) => Promise<void>): Promise<void> {
  const as = { caller: fan };
  const path = `/concerts/${concertId}`;
  const seats = `${path}/schedules/${scheduleId}/seats`;
  const credentials = { userName: 'queries-fan', password: 'a long password' };
  const call = async (name: string, ...args: Parameters<Send>) => {
    const answer = await send(...args);
    await record(name);
    return answer;
  };
  const hold = (body: object) => ['POST', `${path}/reservations`, { ...as, body }] as const;

  await call('register', 'POST', '/auth/register', { body: credentials });
  await call('login', 'POST', '/auth/login', { body: credentials });
  await call('listConcerts', 'GET', '/concerts');
  await call('getConcert', 'GET', path);
  await call('listSchedules', 'GET', `${path}/schedules`, as);
  await call('listSeats', 'GET', seats, as);
  await call('listSeats, layout', 'GET', `${seats}?view=layout`, as);
  await call('listSeats, state', 'GET', `${seats}?view=state`, as);

  const seatIds = [freeSeatId, freeSeatId + 1].map(String);
  const held = await call('createReservations', ...hold({ scheduleId, seatIds }));
  const any = await call('createReservations, any two', ...hold({ scheduleId, quantity: 2 }));
  const { reservationId } = firstOf(any, 'reservations');
  await call('extendReservation', 'POST', `${path}/reservations/${reservationId}/extend`, as);
  await call('cancelReservation', 'DELETE', `${path}/reservations/${reservationId}`, as);
  const { reservationId: heldId } = firstOf(held, 'reservations');
  const pay = { ...as, body: { reservationIds: [heldId] }, idempotencyKey: 'queries' };
  const paid = await call('createPayments, with a key', 'POST', `${path}/payments`, pay);
  await call('createPayments, replayed', 'POST', `${path}/payments`, pay);
  const { paymentId } = firstOf(paid, 'payments');
  await call('refundPayment', 'POST', `/payments/${paymentId}/refund`, as);
  await call('chargePoint', 'POST', '/points/charges', { ...as, body: { amount: 1 } });
  await call('getPoint', 'GET', '/points', as);
  await call('listPointHistory', 'GET', '/points/history', as);
  await call('listReservations', 'GET', '/reservations', as);
  await call('listPayments', 'GET', '/payments', as);
  await callAsOwner(call);
}

type NamedCall = (name: string, ...args: Parameters<Send>) => Promise<Record<string, unknown>>;

async function callAsOwner(call: NamedCall): Promise<void> {
  const schedule = `/admin/concerts/${concertId}/schedules/${scheduleId}`;
  const as = (body?: unknown) => ({ caller: owner, ...(body === undefined ? {} : { body }) });
  const newSeats = { seats: [{ seatNum: 5_000, price: 1, block: 'New' }] };
  const prices = { prices: [{ block: 'New', price: 2 }] };

  await call('getInventory', 'GET', `/internal/concerts/${concertId}/inventory`);
  await call('listRooms', 'GET', '/internal/rooms');
  await call('changeRoom', 'PUT', `/internal/rooms/${concertId}`, as({ cord: 'pause' }));
  await call('changeSchedule', 'PATCH', schedule, as({ totalSeat: 3_000 }));
  await call('createSeats', 'POST', `${schedule}/seats`, as(newSeats));
  await call('changePrices', 'POST', `${schedule}/seats/prices`, as(prices));
  await call('setHouseSeats', 'POST', `${schedule}/seats/house`, as({ block: 'New', house: true }));
  await call('getReport', 'GET', `/admin/concerts/${concertId}/report`, as());
}
