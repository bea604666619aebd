import { makeAccounts } from '../../scripts/accounts.ts';
import { createApiClient } from '../../scripts/client/api-client.ts';
import { createFan } from '../../scripts/client/fan.ts';
import { makeConcert } from '../../scripts/client/make-concert.ts';
import type { CallerDeps } from './caller.ts';
import { readFacts, type Scope } from './facts.ts';
import type { Facts, Policy } from './history.ts';
import type { Rig } from './rig.ts';

/** Where a round takes place: a concert, a room, and accounts of its own. */
export interface Hall {
  concertId: string;
  scheduleId: string;
  seats: Pick<Facts['seats'][number], 'seatId' | 'price'>[];
}

export interface OpenHall {
  hall: Hall;
  /** The fans, and one more for whoever only looks. */
  accounts: CallerDeps['account'][];
  scope: Scope;
  policy: Policy;
}

export interface HallWish {
  seats: number;
  policy: Partial<Policy>;
}

type Ground = Pick<Rig, 'gatewayUrls' | 'databaseUrl' | 'accessTokenKeys'>;

const price = 10_000;
const seatsPerPlace = 5;
const fansPerPlace = 3;
const usualPolicy: Policy = {
  maxActive: 8,
  admitPerSecond: 200,
  claimSeconds: 8,
  activeSeconds: 30,
  idleSeconds: 10,
  graceSeconds: 30,
};

/** A third of the fans are let in at a time. */
export function usualHall(fans: number): HallWish {
  const maxActive = Math.max(usualPolicy.maxActive, Math.floor(fans / fansPerPlace));
  return { seats: maxActive * seatsPerPlace, policy: { maxActive } };
}

export async function openHall(rig: Ground, fans: number, wish: HallWish): Promise<OpenHall> {
  const [gatewayUrl = ''] = rig.gatewayUrls;
  const { databaseUrl, accessTokenKeys } = rig;
  const policy = { ...usualPolicy, ...wish.policy };
  const [owner] = await makeAccounts({ databaseUrl, accessTokenKeys, count: 1, role: 'ADMIN' });
  if (!owner) throw new Error('no account for the owner');
  const accounts = await makeAccounts({ databaseUrl, accessTokenKeys, count: fans + 1 });
  const api = createApiClient({ gatewayUrl, connections: 1 });
  const { seats } = wish;
  const concert = await makeConcert(createFan(api, owner), {
    ...{ concertName: 'Faults', seats, price, seatsPerUser: 4, policy },
  });
  await api.close();
  const scope = { concertId: concert.concertId, fromUserId: accounts[0]?.userId ?? '0' };
  const { seats: rows } = await readFacts(databaseUrl, scope);
  const places = rows.map(({ seatId, price: each }) => ({ seatId, price: each }));
  return { hall: { ...concert, seats: places }, accounts, scope, policy };
}
