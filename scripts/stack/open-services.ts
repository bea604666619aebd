import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { missingStoresAdvice } from './advice.ts';
import { installOnDebian } from './debian.ts';
import {
  type DockerOptions,
  findDocker,
  removeDockerStores,
  startDockerStore,
  type StoreKind,
} from './docker-stores.ts';
import { searchDirs } from './find-binary.ts';
import type { StoreProfile } from './mysql-options.ts';
import {
  chooseMysqlBinary,
  findMysqlBinaries,
  startMysqlServer,
  pingDatabase,
} from './mysql-server.ts';
import { takeDataDir } from './owner-lock.ts';
import { findRedisBinary, pingRedis, startRedisServer } from './redis-server.ts';
import { endLeftOver } from './server-process.ts';
import type { Store } from './store.ts';

export interface OpenServicesOptions {
  /** Where servers of our own keep their data; not used by the throw-away profile. */
  dataDir: string;
  profile: StoreProfile;
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
  /** Empties our part of the data folder first. */
  fresh?: boolean;
  signal?: AbortSignal;
  /** Runs once the data folder is ours and before any store is started. */
  prepare?: () => Promise<void>;
  /** A server of ours ended although nobody asked it to. */
  onUnexpectedExit?: (message: string) => void;
  /** Where to look for server programs; the folders of PATH and the usual ones unless told. */
  dirs?: readonly string[];
  /** The words of /etc/os-release, unless told. */
  osRelease?: string;
  guardFile?: string;
}

export interface Services {
  databaseUrl: string;
  redisUrl: string;
  stop(): Promise<void>;
}

interface Finder extends DockerOptions {
  osRelease?: string;
  guardFile?: string;
}

/** Everything the stack ever puts into its data folder. */
const ownEntries = ['mariadb', 'mysql', 'redis', 'docker', 'keys', 'logs', 'stack.json'];

const debianPackages: Record<StoreKind, string> = {
  database: 'mariadb-server',
  redis: 'redis-server',
};

/**
 * A database and a Redis, each found on its own in this order: the URL in the environment; a server
 * program on this machine, run as our child; the distribution's package, run the same way; a
 * container. A server that we did not start is never touched.
 */
export async function openServices(options: OpenServicesOptions): Promise<Services> {
  const isThrowaway = options.profile === 'throwaway';
  const dataDir = isThrowaway ? mkdtempSync(join(tmpdir(), 'concert-')) : resolve(options.dataDir);
  const giveBack = isThrowaway
    ? (): void => rmSync(dataDir, { recursive: true, force: true })
    : takeDataDir(dataDir);
  const finder: Finder = {
    ...options,
    dataDir,
    dirs: options.dirs ?? searchDirs(options.env),
  };
  try {
    await options.prepare?.();
    if (options.fresh === true) await emptyDataDir(finder);
    const [database, redis] = await openBoth(finder);
    return {
      databaseUrl: database.url,
      redisUrl: redis.url,
      stop: async () => {
        await Promise.all([database.stop(), redis.stop()]);
        giveBack();
      },
    };
  } catch (error) {
    giveBack();
    throw error;
  }
}

async function emptyDataDir(finder: Finder): Promise<void> {
  for (const dir of ['mariadb', 'mysql', 'redis']) await endLeftOver(join(finder.dataDir, dir));
  const docker = await findDocker(finder);
  if (docker !== undefined) await removeDockerStores(docker, finder);
  for (const entry of ownEntries) {
    rmSync(join(finder.dataDir, entry), { recursive: true, force: true });
  }
}

type Opener = () => Promise<Store>;

/** Both are found before either is started: advice about two missing stores is given once. */
async function openBoth(finder: Finder): Promise<[Store, Store]> {
  const openers = new Map<StoreKind, Opener>();
  const look = async (find: (kind: StoreKind) => Promise<Opener | undefined>): Promise<void> => {
    for (const kind of missingOf(openers)) {
      const opener = await find(kind);
      if (opener !== undefined) openers.set(kind, opener);
    }
  };
  await look(async (kind) => givenStore(kind, finder.env));
  await look((kind) => privateServer(kind, finder));
  const wanted = missingOf(openers).map((kind) => debianPackages[kind]);
  if (wanted.length > 0 && (await installOnDebian(wanted, finder))) {
    await look((kind) => privateServer(kind, finder));
  }
  if (missingOf(openers).length > 0) {
    const docker = await findDocker(finder);
    if (docker !== undefined) {
      await look(async (kind) => () => startDockerStore(docker, kind, finder));
    }
  }
  const [database, redis] = [openers.get('database'), openers.get('redis')];
  if (database === undefined || redis === undefined) {
    throw new Error(missingStoresAdvice(missingOf(openers)));
  }
  return startTogether(database, redis);
}

function missingOf(openers: Map<StoreKind, Opener>): StoreKind[] {
  return (['database', 'redis'] as const).filter((kind) => !openers.has(kind));
}

function givenStore(kind: StoreKind, env: NodeJS.ProcessEnv): Opener | undefined {
  const name = kind === 'database' ? 'DATABASE_URL' : 'REDIS_URL';
  const url = env[name];
  if (url === undefined || url === '') return undefined;
  return async () => {
    try {
      await (kind === 'database' ? pingDatabase(url) : pingRedis(url));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${name} is set, but what it names cannot be used: ${why}`, { cause });
    }
    return { title: `${kind} of ${name}`, url, stop: async () => undefined };
  };
}

async function privateServer(kind: StoreKind, finder: Finder): Promise<Opener | undefined> {
  if (kind === 'redis') {
    const command = findRedisBinary(finder.dirs);
    return command === undefined ? undefined : () => startRedisServer(command, finder);
  }
  const binary = chooseMysqlBinary(await findMysqlBinaries(finder.dirs), finder.dataDir);
  return binary === undefined ? undefined : () => startMysqlServer(binary, finder);
}

/** Starts both side by side; when one fails the other is stopped before the failure is told. */
async function startTogether(database: Opener, redis: Opener): Promise<[Store, Store]> {
  const [first, second] = await Promise.allSettled([database(), redis()]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') {
    return [first.value, second.value];
  }
  for (const one of [first, second]) {
    if (one.status === 'fulfilled') await one.value.stop();
  }
  throw first.status === 'rejected' ? first.reason : (second as PromiseRejectedResult).reason;
}
