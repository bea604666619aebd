import type { Schedule } from '../../shared/contracts/concerts.ts';
import type { Payment } from '../../shared/contracts/payments.ts';
import type { Hold } from '../../shared/contracts/reservations.ts';
import type { CallName, Reply } from './io.ts';
import type { LoadFan } from './line-journey.ts';

type Method = 'GET' | 'POST' | 'DELETE';

interface Ask {
  method: Method;
  path: string;
  expected: readonly number[];
  body?: unknown;
}

function ask<Body>(fan: LoadFan, name: CallName, request: Ask): Promise<Reply<Body>> {
  const { io, accessToken, queueToken } = fan;
  const token = queueToken === undefined ? {} : { queueToken };
  return io.call<Body>(name, { ...request, accessToken, ...token });
}

const ofConcert = ({ setup }: LoadFan, below: string): string =>
  `/concerts/${setup.concertId}${below}`;

const reservationIdsOf = (held: readonly Hold[]): string[] =>
  held.map(({ reservationId }) => reservationId);

/** Charges what the seats cost, then pays them. @returns the payments; none when it failed */
export async function payFor(fan: LoadFan, held: readonly Hold[]): Promise<Payment[]> {
  const amount = held.reduce((sum, { price }) => sum + price, 0);
  await ask(fan, 'charge', {
    method: 'POST',
    path: '/points/charges',
    body: { amount },
    expected: [201],
  });
  const paid = await ask<{ payments: Payment[] }>(fan, 'pay', {
    method: 'POST',
    path: ofConcert(fan, '/payments'),
    body: { reservationIds: reservationIdsOf(held) },
    expected: [201],
  });
  const payments = paid.status === 201 ? (paid.body?.payments ?? []) : [];
  fan.io.count('seats_sold', payments.length);
  return payments;
}

interface SeatState {
  seatId: string;
  seatStatus: string;
}

/**
 * Takes any free seat, like everybody else at the same moment: looks, picks one by chance, tries
 * again when somebody was faster. @returns what it holds; nothing when no seat is free any more
 */
export async function fightForSeat(fan: LoadFan): Promise<Hold[]> {
  const { io, setup } = fan;
  const { scheduleId } = setup;
  for (;;) {
    const seen = await ask<{ items: SeatState[] }>(fan, 'seats', {
      method: 'GET',
      path: ofConcert(fan, `/schedules/${scheduleId}/seats`),
      expected: [200],
    });
    const free = (seen.body?.items ?? []).filter((seat) => seat.seatStatus === 'AVAILABLE');
    const seat = free[Math.floor(io.random() * free.length)];
    if (!seat) return [];
    const held = await ask<{ reservations: Hold[] }>(fan, 'hold', {
      method: 'POST',
      path: ofConcert(fan, '/reservations'),
      body: { scheduleId, seatIds: [seat.seatId] },
      expected: [201, 409],
    });
    if (held.status === 201) return held.body?.reservations ?? [];
    if (held.status !== 409) return [];
    io.count('seat_conflicts');
  }
}

/** Takes the best seats for a small party. @returns nothing when there are not enough left */
export async function holdBest(fan: LoadFan, quantity: number): Promise<Hold[]> {
  await ask<{ items: Schedule[] }>(fan, 'schedules', {
    method: 'GET',
    path: ofConcert(fan, '/schedules'),
    expected: [200],
  });
  const { scheduleId } = fan.setup;
  const held = await ask<{ reservations: Hold[] }>(fan, 'hold', {
    method: 'POST',
    path: ofConcert(fan, '/reservations'),
    body: { scheduleId, quantity },
    expected: [201, 409],
  });
  if (held.status === 409) fan.io.count('seat_conflicts');
  return held.status === 201 ? (held.body?.reservations ?? []) : [];
}

/** Gives every seat back that was held, or begins the time of the first one anew before. */
export async function thinkAgain(fan: LoadFan, held: readonly Hold[]): Promise<void> {
  const [first] = reservationIdsOf(held);
  if (first === undefined) return;
  const path = (id: string): string => ofConcert(fan, `/reservations/${id}`);
  await ask(fan, 'extend', { method: 'POST', path: `${path(first)}/extend`, expected: [201] });
  for (const id of reservationIdsOf(held)) {
    await ask(fan, 'release', { method: 'DELETE', path: path(id), expected: [204] });
  }
}

export async function refundAll(fan: LoadFan, payments: readonly Payment[]): Promise<void> {
  for (const { paymentId } of payments) {
    const path = `/payments/${paymentId}/refund`;
    const answer = await ask(fan, 'refund', { method: 'POST', path, expected: [201] });
    if (answer.status === 201) fan.io.count('refunds');
  }
}

/** What a fan looks at before the sale and after it. */
export async function browse(fan: LoadFan): Promise<void> {
  await ask(fan, 'concerts', { method: 'GET', path: '/concerts', expected: [200] });
  await ask(fan, 'concerts', { method: 'GET', path: ofConcert(fan, ''), expected: [200] });
}

export async function lookAtMine(fan: LoadFan): Promise<void> {
  for (const path of ['/points', '/reservations', '/payments']) {
    await ask(fan, 'mine', { method: 'GET', path, expected: [200] });
  }
}
