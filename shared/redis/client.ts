import { Cluster, Redis, type RedisOptions as NodeOptions } from 'ioredis';
import type { Logger } from '../logger.ts';
import { type HostPort, parseRedisUrl, type RedisAddress } from './address.ts';
import { limitCommands } from './command-deadline.ts';
import { joinWrites } from './join-writes.ts';
import { endForGood } from './let-go.ts';
import { watchPrimary } from './primary-watch.ts';

/** One server, a primary that sentinels look after, or a cluster: the same commands. */
export type RedisClient = Redis | Cluster;

/**
 * - `command`: the request path. A command is sent once, answered within a third of a second or
 *   refused, and refused at once while the server is known to be silent: the defaults of ioredis run
 *   it twice when the reply is lost, and run it later when nobody waits for it any more.
 * - `lock`: one node of the lock service; the same, and shorter.
 * - `subscriber`: listens. It waits for its connection for ever and subscribes again by itself.
 */
export type RedisProfile = 'command' | 'lock' | 'subscriber';

export interface RedisOptions {
  /** As `parseRedisUrl` takes it. */
  url: string;
  profile: RedisProfile;
  log: Logger;
  /** How long `openRedis` waits for the server; it goes on without it. */
  readyWithinMs?: number;
  commandTimeoutMs?: number;
}

const connectTimeoutMs = 1_000;
const commandTimeoutsMs = { command: 250, lock: 250 };
/** A connection on which nothing comes back for so long is given up: its other end may be gone. */
const silenceMaxMs = 5_000;
/** Back within a second of the server, and not all clients at the same moment. */
const reconnectDelayMs = (attempt: number): number =>
  Math.min(50 * attempt, 500) * (0.8 + Math.random() * 0.4);
/** A slot that another node has taken over is known after this. */
const slotsEveryMs = 1_000;

function profileOptions(profile: RedisProfile): NodeOptions {
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

/**
 * Any node of a cluster hears what is published on all of them. One connection at a time, as to a
 * single server, so that a loss of it is seen: then the next node is tried.
 */
function listenToOneOf(nodes: readonly HostPort[], options: NodeOptions): Redis {
  let at = Math.floor(Math.random() * nodes.length);
  const client: Redis = new Redis({
    ...options,
    ...nodes[at],
    retryStrategy(attempt) {
      at = (at + 1) % nodes.length;
      Object.assign(client.options, nodes[at]);
      return reconnectDelayMs(attempt);
    },
  });
  return client;
}

/** Nothing is sent twice and nothing waits: what cannot be done now is told at once. */
function newCluster(nodes: HostPort[], { retryStrategy: _, ...options }: NodeOptions): Cluster {
  const cluster = new Cluster(nodes, {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelayMs,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    slotsRefreshInterval: slotsEveryMs,
    slotsRefreshTimeout: connectTimeoutMs,
    redisOptions: options,
  });
  endForGood(cluster);
  return cluster;
}

/** A client of ioredis for any address; not connected yet when `options` say `lazyConnect`. */
export function newRedis(
  address: RedisAddress,
  options: NodeOptions,
  profile: RedisProfile = 'command',
): RedisClient {
  if (address.kind === 'single') return new Redis(address.url, options);
  const given = { ...options, ...address.login };
  if (address.kind === 'cluster')
    return profile === 'subscriber'
      ? listenToOneOf(address.nodes, given)
      : newCluster(address.nodes, given);
  const { sentinels, name, db, sentinelPassword, login } = address;
  return new Redis({
    ...given,
    sentinels,
    name,
    db,
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(login.tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    sentinelRetryStrategy: reconnectDelayMs,
    // Not `failoverDetector`: a notice that comes while it connects ends the client of ioredis 6 for
    // good. `primary-watch.ts` sees to it.
  });
}

/** The servers behind a client that take writes. */
export const serversOf = (client: RedisClient): Redis[] =>
  client instanceof Cluster ? client.nodes('master') : [client];

function logFaults(client: RedisClient, log: Logger): void {
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

const settled = (client: RedisClient): Promise<void> =>
  new Promise((resolve) => {
    client.once('ready', resolve);
    client.once('end', resolve);
  });

function watch(address: RedisAddress, client: RedisClient, log: Logger): void {
  if (address.kind !== 'sentinel' || client instanceof Cluster) return;
  const { sentinels, name, sentinelPassword: password, login } = address;
  const sentinel = listenToOneOf(sentinels, {
    connectTimeout: connectTimeoutMs,
    commandTimeout: connectTimeoutMs,
    socketTimeout: silenceMaxMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    ...(password === undefined ? {} : { password }),
    ...(login.tls ? { tls: login.tls } : {}),
  });
  watchPrimary(client, sentinel, name, log);
}

function prepareCalls(client: RedisClient, timeoutMs: number, log: Logger): void {
  const onSilent = (isSilent: boolean): void =>
    isSilent ? log.warn('redis is silent') : log.info('redis is heard of again');
  const prepare = (node: Redis): void => {
    joinWrites(node);
    limitCommands(node, { timeoutMs, onSilent });
  };
  if (client instanceof Cluster) client.on('+node', prepare);
  else prepare(client);
}

/**
 * A client of this profile, connected when the server answers within the bound. When it does not,
 * the client goes on trying: a service starts without Redis and answers 503 until it is there.
 */
export async function openRedis(options: RedisOptions): Promise<RedisClient> {
  const { url, profile, readyWithinMs = 5_000, commandTimeoutMs } = options;
  const log = options.log.child({ redis: profile });
  const address = parseRedisUrl(url);
  const client = newRedis(address, profileOptions(profile), profile);
  if (profile !== 'subscriber')
    prepareCalls(client, commandTimeoutMs ?? commandTimeoutsMs[profile], log);
  logFaults(client, log);
  watch(address, client, log);
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
