import { setTimeout as delay } from 'node:timers/promises';
import type { ChallengeOffer } from '../../shared/contracts/challenges.ts';
import type { Schedule, Seat } from '../../shared/contracts/concerts.ts';
import type { Payment } from '../../shared/contracts/payments.ts';
import type { Entry, EntryWithToken } from '../../shared/contracts/queue.ts';
import type { Hold } from '../../shared/contracts/reservations.ts';
import { solveWork } from '../../shared/proof-of-work.ts';
import {
  type Answer,
  type ApiClient,
  type Call,
  expectStatus,
  type ProblemAnswer,
} from './api-client.ts';

export type HoldReply = Answer<{ reservations: Hold[] } & ProblemAnswer>;
export type PayReply = Answer<{ payments: Payment[]; point: number } & ProblemAnswer>;
export type ChargeReply = Answer<{ point: number; pointHistoryId: string } & ProblemAnswer>;

/** What to hold: seats by id, or a number of them. */
export type HoldWish = { scheduleId: string } & ({ seatIds: string[] } | { quantity: number });

type Keyed = Pick<Call, 'idempotencyKey'>;

/** One account in front of the gateway. Calls return the answer as it came, for the caller to judge. */
export interface Fan {
  readonly userId: string;
  readonly userName: string;
  readonly accessToken: string;
  /** The queue token of the last join or activation. */
  queueToken: string | undefined;
  call<Body = unknown>(method: string, path: string, call?: Call): Promise<Answer<Body>>;
  join(concertId: string): Promise<Answer<EntryWithToken & ProblemAnswer>>;
  status(concertId: string): Promise<Answer<Entry & ProblemAnswer>>;
  /** More time to take the turn. */
  extend(concertId: string): Promise<Answer<Entry & ProblemAnswer>>;
  activate(
    concertId: string,
  ): Promise<Answer<{ token: string; expiresAt: string } & ProblemAnswer>>;
  leave(concertId: string): Promise<Answer>;
  /** Joins and waits, asking as often as it is told to, until it is inside. */
  enter(concertId: string, deadlineMs?: number): Promise<void>;
  schedules(concertId: string): Promise<Schedule[]>;
  seats(concertId: string, scheduleId: string): Promise<Seat[]>;
  hold(concertId: string, wish: HoldWish, keyed?: Keyed): Promise<HoldReply>;
  charge(amount: number, keyed?: Keyed): Promise<ChargeReply>;
  pay(concertId: string, reservationIds: string[], keyed?: Keyed): Promise<PayReply>;
}

/** Registers a new account and logs it in. */
export async function registerFan(
  api: ApiClient,
  credentials: { userName: string; password: string },
): Promise<Fan> {
  const made = await api.call<{ userId: string }>('POST', '/auth/register', { body: credentials });
  const { userId } = expectStatus(made, 201);
  return logIn(api, { userId, ...credentials });
}

/** Logs an account in that exists. */
export async function logIn(
  api: ApiClient,
  account: { userId: string; userName: string; password: string },
): Promise<Fan> {
  const { userId, userName, password } = account;
  const answer = await api.call<{ accessToken: string }>('POST', '/auth/login', {
    body: { userName, password },
  });
  return createFan(api, { userId, userName, accessToken: expectStatus(answer, 200).accessToken });
}

/** A fan with an access token at hand. */
export function createFan(
  api: ApiClient,
  account: { userId: string; userName: string; accessToken: string },
): Fan {
  const { accessToken } = account;
  const call = <Body>(method: string, path: string, extra: Call = {}) =>
    api.call<Body>(method, path, { accessToken, queueToken: fan.queueToken, ...extra });
  const room = (concertId: string) => `/queue/${concertId}/tokens`;
  const concert = (concertId: string) => `/concerts/${concertId}`;

  const fan: Fan = {
    ...account,
    queueToken: undefined,
    call,
    join: async (concertId) => {
      const answer = await joinWithToll(call, concertId);
      if (answer.status < 300) fan.queueToken = answer.body.token;
      return answer;
    },
    status: (concertId) => call('GET', `${room(concertId)}/me`),
    extend: (concertId) => call('POST', `${room(concertId)}/me/extend`),
    activate: async (concertId) => {
      const answer = await call<{ token: string; expiresAt: string } & ProblemAnswer>(
        'POST',
        `${room(concertId)}/me/activate`,
      );
      if (answer.status === 200) fan.queueToken = answer.body.token;
      return answer;
    },
    leave: (concertId) => call('DELETE', `${room(concertId)}/me`),
    enter: (concertId, deadlineMs = 600_000) => enter(fan, concertId, deadlineMs),
    schedules: async (concertId) =>
      expectStatus(await call<{ items: Schedule[] }>('GET', `${concert(concertId)}/schedules`), 200)
        .items,
    seats: async (concertId, scheduleId) =>
      expectStatus(
        await call<{ items: Seat[] }>('GET', `${concert(concertId)}/schedules/${scheduleId}/seats`),
        200,
      ).items,
    hold: (concertId, wish, keyed = {}) =>
      call('POST', `${concert(concertId)}/reservations`, { body: wish, ...keyed }),
    charge: (amount, keyed = {}) => call('POST', '/points/charges', { body: { amount }, ...keyed }),
    pay: (concertId, reservationIds, keyed = {}) =>
      call('POST', `${concert(concertId)}/payments`, { body: { reservationIds }, ...keyed }),
  };
  return fan;
}

type CallAs = <Body>(method: string, path: string, call?: Call) => Promise<Answer<Body>>;

/** Joins, and does the work where a room asks for it. */
async function joinWithToll(call: CallAs, concertId: string) {
  const join = (body?: object) =>
    call<EntryWithToken & ProblemAnswer>(
      'POST',
      `/queue/${concertId}/tokens`,
      body === undefined ? {} : { body },
    );
  const first = await join();
  if (first.body?.code !== 'challenge-required') return first;
  const offer = await call<ChallengeOffer>('GET', `/queue/${concertId}/challenge`);
  if (offer.status !== 200 || offer.body.kind !== 'pow') return first;
  const { challenge } = offer.body;
  return join({ challenge: { challenge, solution: await solveWork(offer.body) } });
}

async function enter(fan: Fan, concertId: string, deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  let entry: Entry = expectStatus(await fan.join(concertId), 200, 201);
  while (entry.status !== 'ACTIVE') {
    if (entry.status === 'READY') {
      expectStatus(await fan.activate(concertId), 200);
      return;
    }
    if (performance.now() > deadline) throw new Error(`not admitted within ${deadlineMs} ms`);
    await delay(entry.pollAfterMs);
    const answer = await fan.status(concertId);
    if (answer.status === 410) entry = expectStatus(await fan.join(concertId), 200, 201);
    else if (answer.status !== 429 && answer.status !== 503) entry = expectStatus(answer, 200);
  }
}
