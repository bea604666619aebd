import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { keptSecret, makePrivateDir } from './files.ts';
import { findBinary } from './find-binary.ts';
import { freePort } from './free-port.ts';
import { runCommand } from './run-command.ts';
import type { PrivateServerOptions, Store } from './store.ts';

export type StoreKind = 'database' | 'redis';

export interface DockerOptions extends PrivateServerOptions {
  dirs: readonly string[];
}

const composeFile = join(import.meta.dirname, 'stores.compose.yml');
const engineTimeoutMs = 10_000;

/** The `docker` command when an engine answers and knows `compose`. */
export async function findDocker(options: DockerOptions): Promise<string | undefined> {
  const docker = findBinary(['docker'], options.dirs);
  if (docker === undefined) return undefined;
  const { env, signal } = options;
  for (const args of [['info'], ['compose', 'version']]) {
    const answer = await runCommand(docker, args, { env, signal, timeoutMs: engineTimeoutMs });
    if (answer.code !== 0) return undefined;
  }
  return docker;
}

/** One container of `stores.compose.yml`, with data in a volume named after the data folder. */
export async function startDockerStore(
  docker: string,
  kind: StoreKind,
  options: DockerOptions,
): Promise<Store> {
  const dir = join(options.dataDir, 'docker');
  makePrivateDir(dir);
  const password = keptSecret(join(dir, 'password'));
  const port = await freePort();
  const ports = kind === 'database' ? { DATABASE_PORT: `${port}` } : { REDIS_PORT: `${port}` };
  const env = { ...options.env, ...ports, STORE_PASSWORD: password };
  const compose = (args: readonly string[]): ReturnType<typeof runCommand> =>
    runCommand(
      docker,
      ['compose', '-p', projectName(options.dataDir, kind), '-f', composeFile, ...args],
      { env },
    );

  options.log(`Starting ${kind} with docker compose ...`);
  const stopArgs = options.profile === 'throwaway' ? ['down', '--volumes'] : ['stop'];
  const stop = async (): Promise<void> => void (await compose(stopArgs));
  const started = await compose(['up', '-d', '--wait', kind]);
  if (started.code !== 0) {
    await stop();
    throw new Error(`docker compose could not start ${kind}:\n${started.output.trimEnd()}`);
  }
  const url =
    kind === 'database'
      ? `mysql://root:${password}@127.0.0.1:${port}/concert`
      : `redis://:${password}@127.0.0.1:${port}/0`;
  return { title: `${kind} in a container, port ${port}`, url, stop };
}

/** Removes the containers and their data; for `--fresh`. */
export async function removeDockerStores(docker: string, options: DockerOptions): Promise<void> {
  for (const kind of ['database', 'redis'] as const) {
    const project = projectName(options.dataDir, kind);
    const env = { ...options.env, STORE_PASSWORD: 'unused' };
    await runCommand(docker, ['compose', '-p', project, '-f', composeFile, 'down', '--volumes'], {
      env,
    });
  }
}

/** Two stacks with their own data folders are two projects for the engine. */
function projectName(dataDir: string, kind: StoreKind): string {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 10);
  return `concert-${hash}-${kind}`;
}
