import { Redis } from 'ioredis';
import { eventually } from '../../harness/eventually.ts';
import { type RedisProcess, startRedis, startSentinel } from '../../harness/redis-process.ts';
import type { Fault } from '../faults.ts';
import type { Engine } from './engine.ts';

/** A sentinel that was kept from running for two seconds does nothing for thirty (TILT). */
const failoverWithinMs = 45_000;

/** The replica as the sentinel sees it. */
async function untilFollowed(sentinel: Redis): Promise<void> {
  await eventually(
    async () => {
      const replicas = (await sentinel.call('SENTINEL', 'replicas', 'line')) as string[][];
      const read = (name: string): string | undefined =>
        replicas[0]?.[replicas[0].indexOf(name) + 1];
      const seen = `${read('flags')} ${read('master-link-status')}`;
      if (seen !== 'slave ok') throw new Error(`the replica is ${seen}`);
    },
    { deadlineMs: failoverWithinMs, intervalMs: 50 },
  );
}

const primaryPort = async (sentinel: Redis): Promise<number> => {
  const at = (await sentinel.call('SENTINEL', 'get-master-addr-by-name', 'line')) as string[];
  return Number(at[1]);
};

const untilReplaced = (sentinel: Redis, before: number): Promise<void> =>
  eventually(
    async () => {
      if ((await primaryPort(sentinel)) === before) throw new Error('no failover');
    },
    { deadlineMs: failoverWithinMs, intervalMs: 20 },
  );

const primaryKilled = (servers: readonly RedisProcess[], sentinel: Redis): Fault => ({
  name: 'kill -9 the primary; its replica takes over',
  kills: 1,
  forgets: true,
  isFailover: true,
  inject: async () => {
    const before = await primaryPort(sentinel);
    const primary = servers.find(({ port }) => port === before);
    if (!primary) throw new Error('no primary');
    await primary.crash();
    return async () => {
      await untilReplaced(sentinel, before);
      await primary.restart();
      await untilFollowed(sentinel);
    };
  },
});

const primaryFrozen = (servers: readonly RedisProcess[], sentinel: Redis): Fault => ({
  name: 'SIGSTOP the primary until it is replaced; then it comes back',
  kills: 0,
  forgets: true,
  isFailover: true,
  inject: async () => {
    const before = await primaryPort(sentinel);
    const primary = servers.find(({ port }) => port === before);
    primary?.pause();
    return async () => {
      await untilReplaced(sentinel, before);
      primary?.resume();
      await untilFollowed(sentinel);
    };
  },
});

/** The line on a primary with one replica, and a sentinel that watches them. */
export async function openSentinel(): Promise<Engine> {
  const primary = await startRedis();
  const replica = await startRedis({ replicaof: `127.0.0.1 ${primary.port}` });
  const watcher = await startSentinel(primary.port);
  const locks = await startRedis();
  const sentinel = new Redis(watcher.port, '127.0.0.1');
  await untilFollowed(sentinel);
  const servers = [primary, replica];
  return {
    env: {
      REDIS_URL: `redis-sentinel://127.0.0.1:${watcher.port}/line`,
      LOCK_REDIS_URLS: `redis://127.0.0.1:${locks.port}/0`,
    },
    faults: [primaryKilled(servers, sentinel), primaryFrozen(servers, sentinel)],
    close: async () => {
      sentinel.disconnect();
      for (const server of [watcher, ...servers, locks]) await server.kill();
    },
  };
}
