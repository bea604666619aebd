import { makeAccounts } from '../../scripts/accounts.ts';
import { createApiClient } from '../../scripts/client/api-client.ts';
import { createFan } from '../../scripts/client/fan.ts';
import { makeConcert } from '../../scripts/client/make-concert.ts';
import type { CallerDeps, Hall } from './caller.ts';
import { readFacts, type Scope } from './facts.ts';
import type { Run } from './history.ts';
import type { Rig } from './rig.ts';

/** Where a round takes place: a concert, a room, and accounts of its own. */
export interface OpenHall {
  hall: Hall;
  accounts: CallerDeps['account'][];
  scope: Scope;
  policy: Run['policy'];
}

type Ground = Pick<Rig, 'gatewayUrls' | 'databaseUrl' | 'accessTokenKeys'>;

const price = 10_000;
const seatsPerPlace = 5;
const fansPerPlace = 3;

/** The fans, and one more account for whoever only looks. A third of them are let in at a time. */
export async function openHall(rig: Ground, fans: number): Promise<OpenHall> {
  const [gatewayUrl = ''] = rig.gatewayUrls;
  const { databaseUrl, accessTokenKeys } = rig;
  const maxActive = Math.max(8, Math.floor(fans / fansPerPlace));
  const policy = {
    maxActive,
    admitPerSecond: 200,
    claimSeconds: 8,
    activeSeconds: 30,
    idleSeconds: 10,
    graceSeconds: 30,
  };
  const [owner] = await makeAccounts({ databaseUrl, accessTokenKeys, count: 1, role: 'ADMIN' });
  if (!owner) throw new Error('no account for the owner');
  const accounts = await makeAccounts({ databaseUrl, accessTokenKeys, count: fans + 1 });
  const api = createApiClient({ gatewayUrl, connections: 1 });
  const seats = maxActive * seatsPerPlace;
  const wish = { concertName: 'Faults', seats, price, seatsPerUser: 4, policy };
  const concert = await makeConcert(createFan(api, owner), wish);
  await api.close();
  const scope = { concertId: concert.concertId, fromUserId: accounts[0]?.userId ?? '0' };
  const { seats: rows } = await readFacts(databaseUrl, scope);
  const places = rows.map(({ seatId, price }) => ({ seatId, price }));
  return { hall: { ...concert, seats: places }, accounts, scope, policy };
}
