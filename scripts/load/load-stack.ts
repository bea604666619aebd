import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateUp } from '../../core-api/db/migrate.ts';
import { buildTree } from '../stack/build-tree.ts';
import { dataDirOf, findStack } from '../stack/find-stack.ts';
import { accessTokenKeysOf } from '../stack/access-token-keys.ts';
import { runStack } from '../stack/run-stack.ts';

/** The system that a run is driven against. */
export interface LoadStack {
  gatewayUrl: string;
  databaseUrl: string;
  /** Where its services keep their files. */
  dataDir: string;
  accessTokenKeys: string;
  /** Brought up for this run: nothing in it has ever run. */
  isNew: boolean;
  stop(): Promise<void>;
}

export interface LoadStackOptions {
  rootDir: string;
  env: NodeJS.ProcessEnv;
  /** Compiles the tree first and runs that, where the stack is our own. */
  compiles?: boolean;
  log: (line: string) => void;
  signal: AbortSignal;
}

/**
 * The stack that runs on this `DATA_DIR`, or, when none does, one of our own: durable stores, free
 * ports, a data folder that is thrown away, and no limits by address, because a load comes from one.
 */
export async function openLoadStack(options: LoadStackOptions): Promise<LoadStack> {
  const { env, log } = options;
  const running = findStack(env);
  if (running) {
    log(`On the stack at ${running.gatewayUrl}.`);
    const dataDir = dataDirOf(env);
    const accessTokenKeys = accessTokenKeysOf(env);
    return { ...running, dataDir, accessTokenKeys, isNew: false, stop: async () => undefined };
  }
  log('No stack runs on this DATA_DIR: bringing up one for this run.');
  if (options.compiles) await buildTree(options.rootDir, options.signal);
  const dataDir = mkdtempSync(join(tmpdir(), 'load-'));
  const ownEnv: NodeJS.ProcessEnv = {
    ...env,
    DATA_DIR: dataDir,
    GATEWAY_PORT: '0',
    CORE_PORT: '0',
    RATE_LIMITS: 'off',
    // A line for each of thousands of calls a second would be part of what is measured.
    LOG_LEVEL: env['LOG_LEVEL'] ?? 'warn',
  };
  const remove = (): void => rmSync(dataDir, { recursive: true, force: true });
  try {
    const stack = await runStack({
      ...options,
      dataDir,
      env: ownEnv,
      fresh: false,
      isCompiled: options.compiles ?? false,
      log: (line) => (line.startsWith('{') ? undefined : log(line)),
      prepareDatabase: async (databaseUrl) => {
        await migrateUp({ databaseUrl });
      },
      onUnexpectedExit: log,
    });
    const found = findStack(ownEnv);
    if (!found) throw new Error('the stack ended at once');
    return {
      ...found,
      dataDir,
      accessTokenKeys: accessTokenKeysOf(ownEnv),
      isNew: true,
      stop: async () => {
        await stack.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
