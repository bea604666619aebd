/**
 * `npm run queries`: writes docs/queries.md anew: the statements of each call of the core and their
 * plans, on a million reservations in a throw-away database.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Connection, createConnection } from 'mysql2/promise';
import { composeCore } from '../core-api/compose.ts';
import { loadCoreConfig } from '../core-api/config.ts';
import { migrateUp } from '../core-api/db/migrate.ts';
import { generatePrivateJwk, generateSecretJwk } from '../shared/keys.ts';
import { createLogger } from '../shared/logger.ts';
import { isMain } from './is-main.ts';
import { callAll, createSend } from './queries/calls.ts';
import { fill, sizes } from './queries/fill.ts';
import { createRecorder } from './queries/recorder.ts';
import { explain, renderCall } from './queries/render.ts';
import { openServices, type Services } from './stack/open-services.ts';

const file = fileURLToPath(new URL('../docs/queries.md', import.meta.url));

async function heading(connection: Connection): Promise<string> {
  const [rows] = await connection.query('SELECT VERSION() AS version');
  const { version } = (rows as { version: string }[])[0] ?? { version: '' };
  const number = (value: number): string => value.toLocaleString('en-US');
  return `# Queries

Every statement that each call of the core sends, in order, with its plan. Written by
\`npm run queries\` on ${version} with ${number(sizes.reservations)} reservations,
${number(sizes.schedules * sizes.seatsPerSchedule)} seats and ${number(sizes.users)} accounts. \`rows\` is what the
server expects to read. A transaction adds \`START TRANSACTION\` and \`COMMIT\`; what an owner changes
in a single row goes by the Sequelize models and is not listed.`;
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
  });
  const recorder = createRecorder();
  const logger = createLogger({ service: 'queries', level: 'warn' });
  const core = await composeCore(config, logger, { aroundDatabase: recorder.around });
  const server = createServer(core.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // A TCP server has no other kind of address.
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await core.close();
  };
  return { send: createSend(`http://127.0.0.1:${port}`, config.assertionKeys), recorder, close };
}

async function writeQueries(services: Services): Promise<void> {
  await migrateUp({ databaseUrl: services.databaseUrl });
  const connection = await createConnection({ uri: services.databaseUrl, timezone: 'Z' });
  console.error('Filling the tables ...');
  await fill(connection);
  const { send, recorder, close } = await openCore(services);
  const parts = [await heading(connection)];
  try {
    await callAll(send, async (name) => {
      parts.push(renderCall(name, await explain(connection, recorder.take())));
    });
    await writeFile(file, `${parts.join('\n\n')}\n`);
    console.log(`Wrote ${file}`);
  } finally {
    await close();
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
