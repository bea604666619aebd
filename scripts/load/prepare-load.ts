import { makeAccounts } from '../accounts.ts';
import { createApiClient } from '../client/api-client.ts';
import { createFan } from '../client/fan.ts';
import { makeConcert } from '../client/make-concert.ts';
import type { LoadSetup } from './io.ts';
import type { LoadStack } from './load-stack.ts';
import type { LoadPlan } from './plan.ts';

const price = 55_000;

/** A concert of its own with the plan's seats and policy, and an account for each fan. */
export async function prepareLoad(
  {
    gatewayUrl,
    databaseUrl,
    accessTokenKeys,
  }: Pick<LoadStack, 'gatewayUrl' | 'databaseUrl' | 'accessTokenKeys'>,
  plan: LoadPlan,
): Promise<LoadSetup> {
  const accounts = { databaseUrl, accessTokenKeys };
  const [owner] = await makeAccounts({ ...accounts, count: 1, role: 'ADMIN' });
  if (!owner) throw new Error('no account for the owner');
  const api = createApiClient({ gatewayUrl, connections: 1 });
  try {
    const concert = await makeConcert(createFan(api, owner), {
      concertName: `Load ${plan.scenario} ${new Date().toISOString()}`,
      seats: plan.seats,
      price,
      seatsPerUser: plan.seatsPerUser,
      policy: plan.policy,
    });
    const made = await makeAccounts({ ...accounts, count: plan.fans });
    const fans = made.map(({ userId, accessToken }) => ({ userId, accessToken }));
    return { gatewayUrl, ...concert, price, fans };
  } finally {
    await api.close();
  }
}
