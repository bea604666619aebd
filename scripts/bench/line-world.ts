/** What the benches of the line stand on: a Redis of their own, keys, fans and their requests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { defaultPolicy } from '../../core-api/rooms/room-rules.ts';
import { createAccessTokenSigner } from '../../core-api/users/access-token.ts';
import {
  createQueueStore,
  joinBatchMax,
  type QueueStore,
} from '../../queue-gateway/queue/queue-store.ts';
import type { JoinReply } from '../../queue-gateway/queue/queue-types.ts';
import { createWaitingTokens } from '../../queue-gateway/tokens/waiting-token.ts';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import { loadAccessKeys, loadSecretKeys } from '../../shared/keys.ts';
import { createLogger } from '../../shared/logger.ts';
import { openRedis as openClient } from '../../shared/redis/client.ts';
import { followServerRun } from '../../shared/redis/server-run.ts';
import { searchDirs } from '../stack/find-binary.ts';
import { prepareKeys } from '../stack/key-files.ts';
import { findRedisBinary, startRedisServer } from '../stack/redis-server.ts';
import { type BenchProcess, startProcess } from './bench-process.ts';
import type { BareOrders, LineOrders } from './line-target.ts';
import { once, wireLoad } from './wire-load.ts';

/** Accounts that fill a room have ids from here on. */
const fillFrom = 10_000_000;

/** A room where everybody waits, and a few a second are let in. */
export const benchRoom: RoomSetting = {
  ...defaultPolicy,
  concertId: '1',
  concertActive: true,
  admitPerSecond: 10,
  claimSeconds: 5,
  maxWaiting: 5_000_000,
};

/** Requests as a browser behind a load balancer sends them. */
function request(line: string, address: number, headers: readonly string[]): Buffer {
  const forwardedFor = `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`;
  const head = [
    `${line} HTTP/1.1`,
    'Host: tickets.example',
    'Accept: application/json',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
    'Accept-Language: ko,en;q=0.5',
    'Accept-Encoding: gzip, br',
    `X-Forwarded-For: ${forwardedFor}`,
    ...headers,
  ];
  return Buffer.from([...head, '', ''].join('\r\n'));
}

export type LineWorld = Awaited<ReturnType<typeof openLineWorld>>;

async function openRedis(dataDir: string) {
  const command = findRedisBinary(searchDirs(process.env));
  if (command === undefined) throw new Error('This bench needs redis-server');
  const log = (): void => undefined;
  return startRedisServer(command, { dataDir, profile: 'throwaway', env: process.env, log });
}

/** Where somebody waits. */
export interface Place {
  userId: number;
  number: number;
  epoch: number;
  room?: string;
}

const statusWith = ({ room = '1', userId }: Place, token: string): Buffer =>
  request(`GET /queue/${room}/tokens/me`, userId, [`X-Queue-Token: ${token}`]);

/** Requests of fans, with tokens signed by these keys. */
function requestsOf(keys: Record<string, string>) {
  const signAccess = createAccessTokenSigner(loadAccessKeys(keys['ACCESS_TOKEN_KEYS'] ?? ''));
  const secrets = loadSecretKeys(keys['WAITING_TOKEN_KEYS'] ?? '');
  const waiting = createWaitingTokens({ keys: secrets, now: Date.now });
  const accessTokenOf = (userId: number): Promise<string> =>
    signAccess({ userId: String(userId), userName: `fan-${userId}`, role: 'USER' });
  async function joinOf(userId: number, room = '1'): Promise<Buffer> {
    const token = `Authorization: Bearer ${await accessTokenOf(userId)}`;
    return request(`POST /queue/${room}/tokens`, userId, [token, 'Content-Length: 0']);
  }
  const waitingTokenOf = (place: Place, again = 0): string => {
    const { userId, number, epoch, room = '1' } = place;
    const issuedAtMs = Math.floor(Date.now() / 1_000) * 1_000;
    return waiting.sign({
      userId: String(userId),
      roomId: room,
      queueId: String(number),
      epoch,
      issuedAtMs,
      expiresAtMs: issuedAtMs + 24 * 3_600_000 - again * 1_000,
    });
  };
  return {
    accessTokenOf,
    waitingTokenOf,
    /** The join of an account that nobody has seen before. */
    joinOf,
    /** The same of many: the signatures take all cores. */
    joinsOf: (userIds: readonly number[], room = '1'): Promise<Buffer[]> =>
      Promise.all(userIds.map((userId) => joinOf(userId, room))),
    /** The question of somebody who waits with this number. */
    statusOf: (place: Place): Buffer => statusWith(place, waitingTokenOf(place)),
    /** The same with another token for each `again`, so that the gateway has not seen it. */
    statusAgain: (place: Place, again: number): Buffer =>
      statusWith(place, waitingTokenOf(place, again)),
  };
}

export async function openLineWorld(rooms: RoomSetting[] = [benchRoom]) {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-'));
  const store = await openRedis(dataDir);
  const redis = new Redis(store.url);
  const keys = prepareKeys(join(dataDir, 'keys'), {});
  const env = {
    // As it runs in production behind a balancer, limits and all.
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    GATEWAY_PORT: '0',
    CORE_URL: 'http://127.0.0.1:1',
    REDIS_URL: store.url,
    TRUSTED_PROXIES: '127.0.0.0/8',
    // A pause of the machine is not what is measured, and ends no bench.
    REDIS_TIMEOUT_MS: '2000',
    ...keys,
  };
  const processes: BenchProcess[] = [];
  const start = async (name: string, orders: LineOrders): Promise<BenchProcess> => {
    const one = await startProcess('line-target', name, orders);
    processes.push(one);
    return one;
  };
  return {
    redis,
    redisUrl: store.url,
    ...requestsOf(keys),
    startGateway: (name = 'ours', more: Record<string, string> = {}) =>
      start(name, { kind: 'gateway', env: { ...env, ...more }, rooms }),
    startBare: (answers: Omit<BareOrders, 'kind'>, name = 'bare Hono') =>
      start(name, { kind: 'bare', ...answers }),
    startStream: (document: string) => start('bare node:http', { kind: 'stream', document }),
    async close() {
      for (const one of processes) one.stop();
      redis.disconnect();
      await store.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export const range = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => from + at);

/** While a room is being opened, or the machine is busy with something else. */
const tries = 100;
const pauseMs = 100;

/** The JSON of one answer, when it is a good one; asks again until then. */
export async function answerOf(port: number, bytes: Buffer): Promise<object> {
  for (let at = 1; ; at += 1) {
    let text = '';
    const onAnswer = (answer: string): void => void (text = answer);
    const { errors } = await wireLoad({ port, next: once([bytes]), connections: 1, onAnswer });
    if (errors === 0) return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as object;
    if (at === tries) throw new Error(text);
    await sleep(pauseMs);
  }
}

/** Joining is safe to repeat, so what Redis was too busy for is asked again. */
async function joinAll(store: QueueStore, room: string, userIds: string[]): Promise<JoinReply> {
  for (let at = 1; ; at += 1) {
    try {
      return await store.join(room, userIds);
    } catch (error) {
      if (at === tries) throw error;
      await sleep(pauseMs);
    }
  }
}

/**
 * So many accounts with a place, put into Redis by the gateway's own join, many at a time.
 * @returns their places, in order.
 */
export async function fillRoom(world: LineWorld, room: string, count: number): Promise<Place[]> {
  const log = createLogger({ service: 'bench', level: 'silent' });
  const commandTimeoutMs = 10_000;
  const redis = await openClient({
    url: world.redisUrl,
    profile: 'command',
    log,
    commandTimeoutMs,
  });
  const server = await followServerRun(redis);
  const store = createQueueStore({ redis, namespace: '', server });
  const places: Place[] = [];
  for (let at = 0; at < count; at += joinBatchMax) {
    const users = range(fillFrom + at, Math.min(joinBatchMax, count - at));
    const { epoch, places: given } = await joinAll(store, room, users.map(String));
    for (const [index, place] of given.entries())
      if ('number' in place)
        places.push({ userId: fillFrom + at + index, number: place.number, epoch, room });
  }
  redis.disconnect();
  if (places.length < count) throw new Error(`only ${places.length} of ${count} found a place`);
  return places;
}
