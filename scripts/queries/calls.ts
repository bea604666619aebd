import type { KeyObject } from 'node:crypto';
import { request } from 'undici';
import { assertionHeader, type Caller, nobody, signAssertion } from '../../shared/assertion.ts';
import type { KeySet } from '../../shared/keys.ts';
import { signWebhook } from '../../shared/webhook-signature.ts';

/** Sends one call as the gateway would. @throws Error for any answer but a 2xx. */
export type Send = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  target: string,
  options?: {
    body?: unknown;
    caller?: Partial<Caller>;
    idempotencyKey?: string;
    /** Of the body as it goes over the wire. */
    headersOf?: (body: Buffer) => Record<string, string>;
  },
) => Promise<Record<string, unknown>>;

/** Sends a call and writes its statements down under this name. */
export type NamedCall = (
  name: string,
  ...args: Parameters<Send>
) => Promise<Record<string, unknown>>;

export function createSend(url: string, keys: KeySet): Send {
  return async (method, target, { body, caller, idempotencyKey, headersOf } = {}) => {
    const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const call = { audience: 'core-api', method, target, body: bytes } as const;
    const answer = await request(`${url}${target}`, {
      method,
      ...(body === undefined ? {} : { body: bytes }),
      headers: {
        [assertionHeader]: signAssertion({ keys }, call, { ...nobody, ...caller }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
        ...headersOf?.(bytes),
      },
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${target}: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
}

/** Seats from here on are free: see fill.ts. */
export const freeSeatId = 150_001;
export const scheduleId = '151';
export const concertId = '1';
const fan = { userId: '5500', role: 'USER', room: concertId, entryId: '1' } as const;
export const owner = { userId: '1', role: 'ADMIN' } as const;
/** So many calls at once share a transaction. */
const crowd = 8;

export const firstOf = (answer: Record<string, unknown>, list: string): Record<string, string> =>
  (answer[list] as Record<string, string>[])[0] ?? {};

/**
 * Every call of a fan once, in an order that works; `record` is told after each.
 * @returns the code of a ticket
 */
export async function callAsFan(
  send: Send,
  record: (name: string) => Promise<void>,
  paymentKey: KeyObject,
): Promise<unknown> {
  const as = { caller: fan };
  const path = `/concerts/${concertId}`;
  const seats = `${path}/schedules/${scheduleId}/seats`;
  const credentials = { userName: 'queries-fan', password: 'a long password' };
  const call = namedCall(send, record);
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
  const paidSeat = await callTogether(send, record);
  const { code } = await call('getTicket', 'GET', paidSeat.ticketPath, paidSeat);
  await callCharges(call, paymentKey);
  await call('getPoint', 'GET', '/points', as);
  await call('listPointHistory', 'GET', '/points/history', as);
  await call('listReservations', 'GET', '/reservations', as);
  await call('listPayments', 'GET', '/payments', as);
  return code;
}

/** Holds and payments of several fans at the same moment. @returns one of the seats */
async function callTogether(send: Send, record: (name: string) => Promise<void>) {
  const path = `/concerts/${concertId}`;
  const fans = Array.from({ length: crowd }, (_, at) => ({ ...fan, userId: String(6_500 + at) }));
  const held = await Promise.all(
    fans.map((caller, at) => {
      const body = { scheduleId, seatIds: [String(freeSeatId + 100 + at)] };
      return send('POST', `${path}/reservations`, { caller, body });
    }),
  );
  await record(`createReservations, ${crowd} fans at once`);
  await Promise.all(
    fans.map((caller, at) => {
      const ids = [firstOf(held[at] ?? {}, 'reservations')['reservationId']];
      return send('POST', `${path}/payments`, { caller, body: { reservationIds: ids } });
    }),
  );
  await record(`createPayments, ${crowd} fans at once`);
  const { reservationId } = firstOf(held[0] ?? {}, 'reservations');
  return { caller: fans[0] ?? fan, ticketPath: `/reservations/${reservationId}/ticket` };
}

/** Points for money: asked for, looked at, and credited when the provider says so. */
async function callCharges(call: NamedCall, paymentKey: KeyObject): Promise<void> {
  const as = { caller: fan };
  const charge = { ...as, body: { amount: 1 } };
  const { chargeId } = await call('chargePoint', 'POST', '/points/charges', charge);
  await call('getCharge', 'GET', `/points/charges/${String(chargeId)}`, as);
  await call('noticePayment', 'POST', '/webhooks/payments', {
    body: { type: 'charge.succeeded', chargeId, amount: 1 },
    headersOf: (body) => signWebhook(paymentKey, { id: 'msg_queries', body }, Date.now()),
  });
}

export const namedCall =
  (send: Send, record: (name: string) => Promise<void>): NamedCall =>
  async (name, ...args) => {
    const answer = await send(...args);
    await record(name);
    return answer;
  };
