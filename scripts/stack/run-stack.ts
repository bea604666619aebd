import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadCoreConfig } from '../../core-api/config.ts';
import { loadGatewayConfig } from '../../queue-gateway/config.ts';
import { removeStack, writeStack } from './find-stack.ts';
import { prepareKeys } from './key-files.ts';
import { openServices, type Services } from './open-services.ts';
import { choosePorts, coreUrl, gatewayUrl, serviceEnv, type ServicePorts } from './service-env.ts';
import { serviceDir, startService } from './service-process.ts';
import { endLeftOver } from './server-process.ts';
import { waitReady } from './wait-ready.ts';

export interface RunStackOptions {
  rootDir: string;
  dataDir: string;
  env: NodeJS.ProcessEnv;
  fresh: boolean;
  /** The services run from `dist`, as in production, not from their sources. */
  isCompiled?: boolean;
  log: (line: string) => void;
  signal: AbortSignal;
  /** Migrates and, when there is nothing yet, seeds. */
  prepareDatabase: (databaseUrl: string) => Promise<void>;
  onUnexpectedExit: (message: string) => void;
}

export interface RunningStack {
  gatewayUrl: string;
  coreUrl: string;
  /** Gateway first, so that no new call comes in; then the core, then the stores. */
  stop(): Promise<void>;
}

type Stoppable = Pick<Services, 'stop'>;

const readyDeadlineMs = 60_000;

/** Opens the stores and both services, in this order; what was opened is stopped when one fails. */
export async function runStack(options: RunStackOptions): Promise<RunningStack> {
  const opened: Stoppable[] = [];
  const stop = async (): Promise<void> => {
    removeStack(options.dataDir);
    for (const one of opened.splice(0).reverse()) await one.stop();
  };
  try {
    return { ...(await openAll(options, opened)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openAll(
  options: RunStackOptions,
  opened: Stoppable[],
): Promise<Omit<RunningStack, 'stop'>> {
  const { rootDir, dataDir, env, isCompiled = false, log, signal, onUnexpectedExit } = options;
  let ports: ServicePorts | undefined;
  const stores = await openServices({
    ...options,
    profile: 'durable',
    prepare: async () => {
      for (const name of ['gateway', 'core']) await endLeftOver(serviceDir(dataDir, name));
      ports = await choosePorts(env);
    },
  });
  opened.push(stores);
  const { databaseUrl, redisUrl } = stores;
  ports ??= await choosePorts(env);
  await options.prepareDatabase(databaseUrl);
  signal.throwIfAborted();

  const keysDir = join(dataDir, 'keys');
  mkdirSync(dataDir, { recursive: true });
  const keys = prepareKeys(keysDir, env);
  const childEnv = serviceEnv(env, { ...ports, databaseUrl, redisUrl, keys });
  // The services would say it too, but one after the other and with more around it.
  loadCoreConfig(childEnv);
  loadGatewayConfig(childEnv);
  const service = { rootDir, dataDir, env: childEnv, isCompiled, log, onUnexpectedExit };
  const urls = { gatewayUrl: gatewayUrl(ports, env), coreUrl: coreUrl(ports) };
  opened.push(await startService({ ...service, name: 'core', main: 'core-api/main' }));
  await waitReady(`${urls.coreUrl}/health/ready`, { deadlineMs: readyDeadlineMs, signal });
  opened.push(await startService({ ...service, name: 'gateway', main: 'queue-gateway/main' }));
  await waitReady(`${urls.gatewayUrl}/health/ready`, { deadlineMs: readyDeadlineMs, signal });
  writeStack(dataDir, { databaseUrl, redisUrl, keysDir, ...urls });
  return urls;
}
