import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './client.ts';
import { clusterSlot } from './cluster-slot.ts';

export interface RunningServer {
  client: RedisClient;
  /** Another one after a restart or a failover, when the server may know less than it did before. */
  run: string;
}

/**
 * Which server keeps a key, and which run of it. A command for that key goes to this client: in a
 * cluster a redirect could lead it to a server that has forgotten, under the name of one that has
 * not.
 */
export interface ServerRun {
  /** `undefined` while not connected, and until it is known which run this is. */
  of(key: string): RunningServer | undefined;
}

const askAgainMs = 100;

/**
 * Asks at once and again after every loss of the connection, until there is an answer: a server that
 * has just come back may be too busy for the first question, and nothing is asked of it before.
 */
async function followOne(client: Redis): Promise<() => RunningServer | undefined> {
  let found: RunningServer | undefined;
  let losses = 0;
  async function ask(): Promise<void> {
    const before = losses;
    const info = await client.info('server').catch(() => '');
    const run = /^run_id:(\w+)/m.exec(info)?.[1];
    if (client.status !== 'ready' || losses !== before) return;
    if (run === undefined) setTimeout(() => void ask(), askAgainMs).unref();
    else found = { client, run };
  }
  client.on('close', () => {
    losses += 1;
    found = undefined;
  });
  client.on('ready', () => void ask());
  // A node of a cluster connects when it is first asked for something.
  if (client.status === 'ready' || client.status === 'wait') await ask();
  return () => found;
}

const nodeKey = ({ options }: Redis): string => `${options.host}:${options.port}`;

/** Replicas too: the run of one is known before it has to take over. */
async function followCluster(cluster: Cluster): Promise<ServerRun> {
  const runs = new Map<string, () => RunningServer | undefined>();
  async function follow(node: Redis): Promise<void> {
    runs.set(nodeKey(node), await followOne(node));
  }
  cluster.on('+node', (node: Redis) => void follow(node));
  cluster.on('-node', (node: Redis) => void runs.delete(nodeKey(node)));
  await Promise.all(cluster.nodes('all').map(follow));
  const slots = new Map<string, number>();
  function slotOf(key: string): number {
    const slot = slots.get(key) ?? clusterSlot(key);
    slots.set(key, slot);
    return slot;
  }
  return {
    of(key) {
      const [primary = ''] = cluster.slots[slotOf(key)] ?? [];
      return runs.get(primary)?.();
    },
  };
}

export async function followServerRun(client: RedisClient): Promise<ServerRun> {
  if (client instanceof Cluster) return followCluster(client);
  return { of: await followOne(client) };
}
