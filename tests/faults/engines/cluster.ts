import { Redis } from 'ioredis';
import { eventually } from '../../harness/eventually.ts';
import { type RedisCluster, startRedisCluster } from '../../harness/redis-cluster.ts';
import { startRedis } from '../../harness/redis-process.ts';
import type { Fault } from '../faults.ts';
import type { Engine } from './engine.ts';

const masters = 3;
const failoverWithinMs = 30_000;

async function askOne<T>(port: number, work: (node: Redis) => Promise<T>): Promise<T> {
  const node = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 1 });
  node.on('error', () => undefined);
  try {
    return await work(node);
  } finally {
    node.disconnect();
  }
}

const roleOf = (port: number): Promise<string> =>
  askOne(port, async (node) => /role:(\w+)/.exec(await node.info('replication'))?.[1] ?? '');

/** The master of these shares that keeps a room, or any: it is the one whose loss is felt. */
async function busiestMaster({ servers }: RedisCluster) {
  const found = await Promise.all(
    servers.map(async (server) => ({
      server,
      isMaster: (await roleOf(server.port)) === 'master',
      keys: await askOne(server.port, (node) => node.dbsize()),
    })),
  );
  const [busiest] = found.filter(({ isMaster }) => isMaster).sort((a, b) => b.keys - a.keys);
  if (!busiest) throw new Error('no master');
  return busiest.server;
}

const masterKilled = (cluster: RedisCluster): Fault => ({
  name: 'kill -9 a master; its replica takes over',
  kills: 1,
  forgets: true,
  isFailover: true,
  inject: async () => {
    const server = await busiestMaster(cluster);
    const others = cluster.servers.filter((one) => one !== server);
    await server.crash();
    return async () => {
      // One that came back before it was replaced would come back as an empty master.
      await eventually(
        async () => {
          const roles = await Promise.all(others.map(({ port }) => roleOf(port)));
          if (roles.filter((role) => role === 'master').length < masters)
            throw new Error(`no replica took over: ${roles.join(' ')}`);
        },
        { deadlineMs: failoverWithinMs, intervalMs: 50 },
      );
      await server.restart();
      await eventually(
        async () => {
          const info = await askOne(server.port, (node) => node.info('replication'));
          if (!info.includes('master_link_status:up')) throw new Error(info);
        },
        { deadlineMs: failoverWithinMs, intervalMs: 50 },
      );
    };
  },
});

/** One slot with all its keys, from one master to another. */
async function moveSlot(slot: number, from: Redis, to: Redis): Promise<void> {
  const [fromId, toId] = await Promise.all(
    [from, to].map(async (node) => String(await node.call('CLUSTER', 'MYID'))),
  );
  await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId ?? '');
  await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId ?? '');
  for (;;) {
    const keys = (await from.call('CLUSTER', 'GETKEYSINSLOT', slot, 10)) as string[];
    if (keys.length === 0) break;
    const target = ['127.0.0.1', Number(to.options.port), '', 0, 5_000];
    await from.call('MIGRATE', ...target.map(String), 'KEYS', ...keys);
  }
  for (const node of [to, from]) await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', toId ?? '');
}

const slotMoved = (cluster: RedisCluster): Fault => ({
  name: 'the slot of a room moves',
  kills: 0,
  inject: async () => {
    const roles = await Promise.all(cluster.servers.map(({ port }) => roleOf(port)));
    const ports = cluster.servers.flatMap(({ port }, at) => (roles[at] === 'master' ? [port] : []));
    const source = (await busiestMaster(cluster)).port;
    await askOne(source, async (from) => {
      const [key] = (await from.keys('*{room:*}:state')).sort().slice(-1);
      const target = ports.find((port) => port !== source);
      if (key === undefined || target === undefined) return;
      const slot = Number(await from.call('CLUSTER', 'KEYSLOT', key));
      await askOne(target, (to) => moveSlot(slot, from, to));
    });
    return async () => undefined;
  },
});

/** The line on a Redis Cluster of three masters with a replica each; locks on a Redis beside it. */
export async function openCluster(): Promise<Engine> {
  const cluster = await startRedisCluster(masters, { replicas: true });
  const locks = await startRedis();
  return {
    env: { REDIS_URL: cluster.url, LOCK_REDIS_URLS: `redis://127.0.0.1:${locks.port}/0` },
    faults: [masterKilled(cluster), slotMoved(cluster)],
    close: async () => {
      await locks.kill();
      await cluster.close();
    },
  };
}
