/**
 * `npm start [-- --fresh]`: the whole system on this machine. Finds or starts a database and a
 * Redis, migrates, seeds, starts core and gateway, and stops them all on one Ctrl-C.
 */
import { join } from 'node:path';
import { migrateUp } from '../core-api/db/migrate.ts';
import { seed } from './seed.ts';
import { buildPages } from './pages/build-pages.ts';
import { curlStory } from './stack/curl-story.ts';
import { dataDirOf } from './stack/find-stack.ts';
import { runStack, type RunningStack } from './stack/run-stack.ts';
import { watchStopSignals } from './stack/stop-signals.ts';

const usage = 'Usage: npm start [-- --fresh]\n  --fresh   begin with an empty data folder';

function log(line: string): void {
  console.log(line);
}

async function prepareDatabase(databaseUrl: string): Promise<void> {
  const applied = await migrateUp({ databaseUrl });
  if (applied.length > 0) log(`Applied ${applied.length} migrations.`);
  await seed({ databaseUrl, env: process.env, log });
}

function welcome(stack: RunningStack): void {
  const { gatewayUrl } = stack;
  log(`
  Pages      ${gatewayUrl}
  API        ${gatewayUrl}
  Reference  ${gatewayUrl}/docs
  Core       ${stack.coreUrl} (answers the gateway only)

From nothing to a paid seat; paste this into another terminal:

${curlStory(gatewayUrl)}
Stop with Ctrl-C.
ready ${gatewayUrl}`);
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.some((arg) => arg !== '--fresh')) {
    console.error(usage);
    process.exitCode = 1;
    return;
  }
  const signals = watchStopSignals({
    // The guards of the children end them in order; we only stop waiting for it.
    onImpatient: () => process.exit(130),
    endsWithParent: process.env.npm_lifecycle_event !== undefined,
  });
  const { signal } = signals;
  try {
    await buildPages();
    const stack = await runStack({
      rootDir: join(import.meta.dirname, '..'),
      dataDir: dataDirOf(process.env),
      env: process.env,
      fresh: args.includes('--fresh'),
      log,
      signal,
      prepareDatabase,
      onUnexpectedExit: (message) => {
        if (signal.aborted) return;
        console.error(message);
        process.exitCode = 1;
        signals.stop();
      },
    });
    if (!signal.aborted) welcome(stack);
    await aborted(signal);
    log('Stopping ...');
    await stack.stop();
  } catch (error) {
    if (!signal.aborted) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  } finally {
    signals.dispose();
  }
  if (signal.aborted) log('Stopped.');
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    // A pending promise keeps no process alive; the children do, and so does this.
    const alive = setInterval(() => undefined, 60_000);
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    });
  });
}

await main();
