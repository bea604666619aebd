import { Redis } from 'ioredis';
import type { Logger } from '../logger.ts';
import { limitCommands } from './command-deadline.ts';

export type RedisClient = Redis;

/**
 * - `command`: the request path. A command is sent once, answered within a quarter of a second or
 *   refused: the defaults of ioredis run it twice when the reply is lost, and run it later when
 *   nobody waits for it any more.
 * - `lock`: one node of the lock service; the same, and shorter.
 * - `subscriber`: listens. It waits for its connection for ever and subscribes again by itself.
 */
export type RedisProfile = 'command' | 'lock' | 'subscriber';

export interface RedisOptions {
  url: string;
  profile: RedisProfile;
  log: Logger;
  /** How long `openRedis` waits for the server; it goes on without it. */
  readyWithinMs?: number;
  commandTimeoutMs?: number;
}

const connectTimeoutMs = 1_000;
/** A quarter more at most, so that a caller hears 503 within 300 ms. */
const commandTimeoutsMs = { command: 200, lock: 300 };
/** A connection on which nothing comes back for so long is given up: its other end may be gone. */
const silenceMaxMs = 5_000;
/** Back within a second of the server, and not all clients at the same moment. */
const reconnectDelayMs = (attempt: number): number =>
  Math.min(50 * attempt, 500) * (0.8 + Math.random() * 0.4);

function profileOptions(profile: RedisProfile) {
  const common = {
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    keepAlive: 10_000,
    retryStrategy: reconnectDelayMs,
    // After a failover the old primary answers READONLY on a connection that looks fine.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
  if (profile === 'subscriber') return { ...common, maxRetriesPerRequest: null };
  return {
    ...common,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    socketTimeout: silenceMaxMs,
  };
}

function logFaults(client: Redis, log: Logger): void {
  let down = false;
  client.on('error', (error: Error) => {
    if (!down) log.warn({ err: error }, 'redis is away');
    down = true;
  });
  client.on('ready', () => {
    if (down) log.info('redis is back');
    down = false;
  });
}

const settled = (client: Redis): Promise<void> =>
  new Promise((resolve) => {
    client.once('ready', resolve);
    client.once('end', resolve);
  });

/**
 * A client of this profile, connected when the server answers within the bound. When it does not,
 * the client goes on trying: a service starts without Redis and answers 503 until it is there.
 */
export async function openRedis(options: RedisOptions): Promise<RedisClient> {
  const { url, profile, readyWithinMs = 5_000, commandTimeoutMs } = options;
  const log = options.log.child({ redis: profile });
  const client = new Redis(url, profileOptions(profile));
  if (profile !== 'subscriber')
    limitCommands(client, {
      timeoutMs: commandTimeoutMs ?? commandTimeoutsMs[profile],
      onSilent: (isSilent) =>
        isSilent ? log.warn('redis is silent') : log.info('redis is heard of again'),
    });
  logFaults(client, log);
  const ready = settled(client);
  client.connect().catch(() => undefined); // The error event has said it.
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, readyWithinMs);
  });
  await Promise.race([ready, bound]);
  clearTimeout(timer);
  if (client.status !== 'ready') log.warn({ readyWithinMs }, 'starting without redis');
  return client;
}
