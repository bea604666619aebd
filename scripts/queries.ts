/**
 * `npm run queries`: writes docs/queries.md anew: the statements of each call of the core and their
 * plans, on a million reservations in a throw-away database.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Connection, createConnection } from 'mysql2/promise';
import { composeCore } from '../core-api/compose.ts';
import { openOutside } from '../core-api/compose-outside.ts';
import { loadCoreConfig } from '../core-api/config.ts';
import { createDatabase } from '../core-api/db/database.ts';
import { migrateUp } from '../core-api/db/migrate.ts';
import { generatePrivateJwk, generateSecretJwk } from '../shared/keys.ts';
import { createLogger } from '../shared/logger.ts';
import { isMain } from './is-main.ts';
import { callAsFan, createSend, freeSeatId, namedCall } from './queries/calls.ts';
import { fill, sizes } from './queries/fill.ts';
import { runJobs } from './queries/jobs.ts';
import { callAsOwner, callAtTheEnd, callWebhookLog, callWebhooks } from './queries/owner-calls.ts';
import { createRecorder } from './queries/recorder.ts';
import { explain, renderCall } from './queries/render.ts';
import { openServices, type Services } from './stack/open-services.ts';

const file = fileURLToPath(new URL('../docs/queries.md', import.meta.url));

async function heading(connection: Connection): Promise<string> {
  const [rows] = await connection.query('SELECT VERSION() AS version');
  const { version } = (rows as { version: string }[])[0] ?? { version: '' };
  const number = (value: number): string => value.toLocaleString('en-US');
  return `# Queries

Every statement that each call and each job of the core sends, in order, with its plan. Written by
\`npm run queries\` on ${version} with ${number(sizes.reservations)} reservations,
${number(sizes.schedules * sizes.seatsPerSchedule)} seats and ${number(sizes.users)} accounts. \`rows\` is what the
server expects to read. A transaction adds \`START TRANSACTION\` and \`COMMIT\`; what an owner changes
in a single row goes by the Sequelize models and is not listed.`;
}

/** Takes whatever is sent to it: events, as the gateway, and what subscribers are told. */
async function openListener(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port; // A TCP server has no other kind of address.
}

/** The core without its jobs: their statements would stand between those of the calls. */
async function openCore(services: Services) {
  const setOf = (key: unknown): string => JSON.stringify({ keys: [key] });
  const config = loadCoreConfig({
    DATABASE_URL: services.databaseUrl,
    REDIS_URL: services.redisUrl,
    ACCESS_TOKEN_KEYS: setOf(generatePrivateJwk()),
    ASSERTION_KEYS: setOf(generateSecretJwk()),
    TICKET_KEYS: setOf(generatePrivateJwk()),
    PAYMENT_PROVIDER: 'webhook',
    PAYMENT_WEBHOOK_KEYS: setOf(generateSecretJwk()),
  });
  const recorder = createRecorder();
  const logger = createLogger({ service: 'queries', level: 'warn' });
  const core = await composeCore(config, logger, { aroundDatabase: recorder.around });
  const server = createServer(core.app);
  const port = await listen(server);
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await core.close();
  };
  const send = createSend(`http://127.0.0.1:${port}`, config.assertionKeys);
  return { config, logger, send, recorder, close };
}

type OpenCore = Awaited<ReturnType<typeof openCore>>;

/** The jobs of the core, over connections of their own that are written down as well. */
async function recordJobs(
  { config, logger, recorder }: OpenCore,
  record: (name: string) => Promise<void>,
): Promise<void> {
  const outside = openOutside(config);
  const database = createDatabase({
    databaseUrl: config.databaseUrl,
    poolMax: 4,
    acquireTimeoutMs: 5_000,
    statementTimeoutMs: 60_000,
    logger,
  });
  try {
    await runJobs({ database: recorder.around(database), outside, logger }, record);
  } finally {
    await outside.close();
    await database.close();
  }
}

/** One of the holds has run out: something for the job that ends them. */
async function letOneRunOut(connection: Connection): Promise<void> {
  await connection.query(
    `UPDATE concert_seat SET held_until = SYSDATE(6) - INTERVAL 1 MINUTE
    WHERE seat_id = ? AND seat_status = 'HELD'`,
    [freeSeatId + 1],
  );
  await connection.query(
    `UPDATE reservation r JOIN concert_seat s ON s.seat_id = r.live_seat_id
    SET r.reservation_expire_dt = s.held_until WHERE s.seat_id = ?`,
    [freeSeatId + 1],
  );
}

async function writeQueries(services: Services): Promise<void> {
  await migrateUp({ databaseUrl: services.databaseUrl });
  const connection = await createConnection({ uri: services.databaseUrl, timezone: 'Z' });
  console.error('Filling the tables ...');
  await fill(connection);
  const listener = await openListener();
  const core = await openCore(services);
  const { config, send, recorder } = core;
  const parts = [await heading(connection)];
  const record = async (name: string): Promise<void> => {
    parts.push(renderCall(name, await explain(connection, recorder.take())));
  };
  const call = namedCall(send, record);
  const paymentKey = config.paymentWebhookKeys?.signing.key;
  if (!paymentKey) throw new Error('the provider has no key');
  try {
    const webhookId = await callWebhooks(call, listener.url);
    const code = await callAsFan(send, record, paymentKey);
    await callAsOwner(call);
    await callAtTheEnd(call, code);
    await letOneRunOut(connection);
    await recordJobs(core, record);
    await callWebhookLog(call, webhookId);
    await writeFile(file, `${parts.join('\n\n')}\n`);
    console.log(`Wrote ${file}`);
  } finally {
    await core.close();
    listener.close();
    await connection.end();
  }
}

async function main(): Promise<void> {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopping.abort());
  const services = await openServices({
    dataDir: '.data',
    profile: 'throwaway',
    env: { ...process.env, DATABASE_URL: '', REDIS_URL: '' },
    log: console.error,
    signal: stopping.signal,
  });
  await writeQueries(services).finally(() => services.stop());
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
