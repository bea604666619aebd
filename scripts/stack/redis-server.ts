import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseRedisUrl } from '../../shared/redis/address.ts';
import { newRedis } from '../../shared/redis/client.ts';
import { keptSecret, makePrivateDir, writePrivateFile } from './files.ts';
import { findBinary } from './find-binary.ts';
import { freePort } from './free-port.ts';
import type { StoreProfile } from './mysql-options.ts';
import { endLeftOver, startServer, waitUntilReady } from './server-process.ts';
import type { PrivateServerOptions, Store } from './store.ts';

const readyDeadlineMs = 60_000;
const startTries = 3;

export function findRedisBinary(dirs: readonly string[]): string | undefined {
  return findBinary(['redis-server', 'valkey-server'], dirs);
}

const profileLines: Record<StoreProfile, readonly string[]> = {
  durable: ['appendonly yes', 'appendfsync everysec', 'save ""'],
  throwaway: ['appendonly no', 'save ""'],
};

export interface RedisConfigOptions {
  profile: StoreProfile;
  port: number;
  password: string;
  dataDir: string;
}

/** A configuration file and not flags: everybody on the machine can read a process's flags. */
export function redisConfig(options: RedisConfigOptions): string {
  const lines = [
    'bind 127.0.0.1',
    `port ${options.port}`,
    `requirepass ${options.password}`,
    'daemonize no',
    'databases 16',
    // The line must not lose people silently when memory runs out; refuse to write instead.
    'maxmemory-policy noeviction',
    `dir ${JSON.stringify(options.dataDir)}`,
    ...profileLines[options.profile],
  ];
  return `${lines.join('\n')}\n`;
}

/** A Redis or Valkey of our own on a free loopback port, with its data below `dataDir`. */
export async function startRedisServer(
  command: string,
  options: PrivateServerOptions,
): Promise<Store> {
  const dir = join(options.dataDir, 'redis');
  makePrivateDir(dir);
  mkdirSync(join(dir, 'data'), { recursive: true, mode: 0o700 });
  if (await endLeftOver(dir)) options.log('Ended a Redis of a killed run.');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(command, dir, options);
    } catch (error) {
      // Somebody else took the port between our choice and the server's bind: choose again.
      const isTaken = /address already in use/i.test(String(error));
      if (!isTaken || attempt === startTries) throw error;
    }
  }
}

async function startOnce(
  command: string,
  dir: string,
  options: PrivateServerOptions,
): Promise<Store> {
  const port = await freePort();
  const password = keptSecret(join(dir, 'password'));
  const configFile = join(dir, 'redis.conf');
  const { profile } = options;
  const dataDir = join(dir, 'data');
  writePrivateFile(configFile, redisConfig({ profile, port, password, dataDir }));
  const server = await startServer({
    name: 'Redis',
    command,
    args: [configFile],
    dir,
    disposable: profile === 'throwaway',
    onUnexpectedExit: options.onUnexpectedExit,
  });
  const url = `redis://:${password}@127.0.0.1:${port}/0`;
  try {
    const deadlineMs = readyDeadlineMs;
    await waitUntilReady(server, 'Redis', () => pingRedis(url), {
      deadlineMs,
      signal: options.signal,
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { title: `Redis on port ${port}, data in ${dir}`, url, stop: server.stop };
}

const pingWithinMs = 5_000;

/** Fails with the client's own words when the Redis of `url` cannot be used. */
export async function pingRedis(url: string): Promise<void> {
  const redis = newRedis(parseRedisUrl(url), {
    lazyConnect: true,
    connectTimeout: pingWithinMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // Its errors come as the rejection below; without a listener they would be printed as well.
  redis.on('error', () => undefined);
  // Sentinels and clusters are asked again and again by the client itself.
  const timer = setTimeout(() => redis.disconnect(), pingWithinMs);
  try {
    await redis.connect();
    await redis.ping();
  } finally {
    clearTimeout(timer);
    redis.disconnect();
  }
}
