import { createConnection } from 'mysql2/promise';
import { makeAccounts } from './accounts.ts';
import { audit } from './audit.ts';
import { createApiClient } from './client/api-client.ts';
import { createFan } from './client/fan.ts';
import { createDemoConcert, demoPrice } from './demo/demo-concert.ts';
import { runDemoFan } from './demo/demo-fan.ts';
import { printLive } from './demo/demo-live.ts';
import { createDemoTally } from './demo/demo-tally.ts';
import { readSales, summarize } from './demo/demo-summary.ts';
import { isMain } from './is-main.ts';
import { numberOption } from './options.ts';
import { accessTokenKeysOf } from './stack/access-token-keys.ts';
import { findStack, type StackRecord } from './stack/find-stack.ts';

const seats = 50;

export interface DemoOptions extends Pick<StackRecord, 'databaseUrl' | 'gatewayUrl'> {
  accessTokenKeys: string;
  fanCount: number;
}

/**
 * Fans on one concert of 50 seats, against the running stack: each joins the line, waits, looks,
 * holds, charges and pays. Prints the way there and a summary.
 *
 * @returns true when every promise held
 */
export async function demo(options: DemoOptions): Promise<boolean> {
  const { databaseUrl, gatewayUrl, accessTokenKeys, fanCount } = options;
  const api = createApiClient({ gatewayUrl, connections: 64 });
  const database = await createConnection({ uri: databaseUrl });
  const accounts = { databaseUrl, accessTokenKeys };
  const [owner] = await makeAccounts({ ...accounts, count: 1, role: 'ADMIN' });
  if (!owner) throw new Error('no account for the owner');
  const fans = await makeAccounts({ ...accounts, count: fanCount });
  const concert = await createDemoConcert(createFan(api, owner), { seats, fans: fanCount });

  const tally = createDemoTally();
  console.log(`${fanCount} fans, concert ${concert.concertId}, ${seats} seats at ${demoPrice} won`);
  const live = printLive({ api, concertId: concert.concertId, tally });
  await Promise.all(fans.map((fan) => runDemoFan({ fan: createFan(api, fan), concert, tally })));
  await live.stop();

  const sales = await readSales(database, concert.concertId);
  const violations = await audit(databaseUrl);
  const summary = summarize({ seats, fans: fanCount, sales, tally, violations });
  console.log(summary.text);
  await api.close();
  await database.end();
  return summary.clean;
}

async function main(): Promise<void> {
  const { env, argv } = process;
  // It makes an owner's account by itself, which nobody should find in a real sale.
  if (env['NODE_ENV'] === 'production') throw new Error('Not in production.');
  const stack = findStack(env);
  if (!stack) throw new Error('No running stack for this DATA_DIR. Start one with: npm start');
  const fanCount = numberOption(argv, '--fans', { fallback: 300, min: 1, max: 20_000 });
  const accessTokenKeys = accessTokenKeysOf(env);
  process.exitCode = (await demo({ ...stack, accessTokenKeys, fanCount })) ? 0 : 1;
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
