import { Redis } from 'ioredis';
import { freePort } from '../../scripts/stack/free-port.ts';
import { eventually } from './eventually.ts';
import { type RedisProcess, startRedis } from './redis-process.ts';

export interface RedisCluster {
  /** For `REDIS_URL`. */
  url: string;
  /** One client a node, in the order of their slots. */
  nodes: readonly Redis[];
  /** The masters' servers, in the same order, then a replica of each when there are some. */
  servers: readonly RedisProcess[];
  /** How many keys each node has that match. */
  keysPerNode(pattern: string): Promise<number[]>;
  close(): Promise<void>;
}

const slots = 16_384;

async function startNode(): Promise<RedisProcess> {
  return startRedis({
    'cluster-enabled': 'yes',
    'cluster-port': String(await freePort()),
    'cluster-node-timeout': '1000',
    'cluster-config-file': 'nodes.conf',
  });
}

/** The slots in equal shares, and everybody knows everybody. */
async function join(nodes: readonly Redis[]): Promise<void> {
  const [first] = nodes;
  if (!first) throw new Error('a cluster of nothing');
  const share = Math.ceil(slots / nodes.length);
  for (const [at, node] of nodes.entries()) {
    await node.cluster('SET-CONFIG-EPOCH', at + 1);
    const last = Math.min(slots, (at + 1) * share) - 1;
    await node.call('CLUSTER', 'ADDSLOTSRANGE', at * share, last);
  }
  const bus = /@(\d+)/.exec(String(await first.call('CLUSTER', 'NODES')))?.[1] ?? '';
  const port = String(first.options.port);
  for (const node of nodes.slice(1)) await node.call('CLUSTER', 'MEET', '127.0.0.1', port, bus);
  await eventually(
    async () => {
      for (const node of nodes) {
        const info = String(await node.call('CLUSTER', 'INFO'));
        const known = Number(/cluster_known_nodes:(\d+)/.exec(info)?.[1]);
        if (!info.includes('cluster_state:ok') || known < nodes.length) throw new Error(info);
      }
    },
    { deadlineMs: 15_000 },
  );
}

/** A replica joins for each master, and has caught up. */
async function addReplicas(masters: readonly Redis[]): Promise<RedisProcess[]> {
  const servers = await Promise.all(masters.map(startNode));
  for (const [at, { port }] of servers.entries()) {
    const [master, node] = [masters[at], new Redis(port, '127.0.0.1')];
    if (!master) throw new Error('a replica of nothing');
    const id = String(await master.call('CLUSTER', 'MYID'));
    const bus = /@(\d+)/.exec(String(await master.call('CLUSTER', 'NODES')))?.[1] ?? '';
    await node.call('CLUSTER', 'MEET', '127.0.0.1', String(master.options.port), bus);
    await eventually(() => node.call('CLUSTER', 'REPLICATE', id), { deadlineMs: 15_000 });
    await eventually(
      async () => {
        if (!(await node.info('replication')).includes('master_link_status:up'))
          throw new Error('the replica does not follow');
      },
      { deadlineMs: 15_000 },
    );
    node.disconnect();
  }
  return servers;
}

/** Masters of one test alone, on loopback, each with a replica if that is wished. */
export async function startRedisCluster(
  masters: number,
  { replicas = false } = {},
): Promise<RedisCluster> {
  const servers = await Promise.all(Array.from({ length: masters }, startNode));
  const nodes = servers.map(({ port }) => new Redis(port, '127.0.0.1'));
  await join(nodes);
  if (replicas) servers.push(...(await addReplicas(nodes)));
  for (const node of nodes) node.on('error', () => undefined);
  return {
    servers,
    url: `redis-cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes,
    keysPerNode: (pattern) =>
      Promise.all(nodes.map(async (node) => (await node.keys(pattern)).length)),
    async close() {
      for (const node of nodes) node.disconnect();
      await Promise.all(servers.map((server) => server.kill()));
    },
  };
}
