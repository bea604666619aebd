import { join } from 'node:path';
import { makeAccounts } from '../accounts.ts';
import { type ApiClient, createApiClient } from '../client/api-client.ts';
import { createFan, type Fan } from '../client/fan.ts';
import { openLoadStack } from '../load/load-stack.ts';
import { buildPages } from '../pages/build-pages.ts';

/** The stack of `npm start` with pages as they are built, and an owner to fill it. */
export interface PageWorld {
  gatewayUrl: string;
  owner: Fan;
  newFan(): Promise<Fan>;
  /** CPU time that the gateway has used, as it tells itself. */
  gatewayCpuMicros(): Promise<number>;
  close(): Promise<void>;
}

const metricsToken = 'a-token-of-this-bench';
const cpuPattern = /^process_cpu_seconds_total ([0-9.e+-]+)/m;

export async function openPageWorld(): Promise<PageWorld> {
  await buildPages();
  const stack = await openLoadStack({
    rootDir: join(import.meta.dirname, '../..'),
    env: { ...process.env, METRICS_TOKEN: metricsToken, DATA_DIR: '/nonexistent' },
    log: () => undefined,
    signal: new AbortController().signal,
  });
  const { gatewayUrl, databaseUrl, accessTokenKeys } = stack;
  const api: ApiClient = createApiClient({ gatewayUrl, connections: 1 });
  const accounts = { databaseUrl, accessTokenKeys, count: 1 };
  const newFan = async (role: { role?: 'ADMIN' } = {}): Promise<Fan> => {
    const [account] = await makeAccounts({ ...accounts, ...role });
    if (!account) throw new Error('no account was made');
    return createFan(api, account);
  };
  return {
    gatewayUrl,
    owner: await newFan({ role: 'ADMIN' }),
    newFan: () => newFan(),
    async gatewayCpuMicros() {
      const headers = { authorization: `Bearer ${metricsToken}` };
      const text = await (await fetch(`${gatewayUrl}/metrics`, { headers })).text();
      return Number(cpuPattern.exec(text)?.[1]) * 1e6;
    },
    async close() {
      await api.close();
      await stack.stop();
    },
  };
}
