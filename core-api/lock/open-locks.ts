import type { Logger } from '../../shared/logger.ts';
import { openRedis } from '../../shared/redis/client.ts';
import { createLock } from './lock.ts';
import { createLockNode } from './lock-node.ts';
import { createLockService, type LockService } from './lock-service.ts';

export interface OpenLocksOptions {
  /** Independent Redis masters: 1, 3 or 5. */
  urls: readonly string[];
  namespace: string;
  downPolicy: 'db' | 'closed';
  /** How many calls may work at once while the locks are away. */
  downPlaces: number;
  logger: Logger;
  /** How long a node may take to answer; the profile's own unless said. */
  commandTimeoutMs?: number;
}

/** Beyond the hardest timeout of what is done under a lock (one statement or transaction: 5 s). */
const ttlMs = 8_000;
const minValidityMs = 6_000;
const nodeRestMs = 1_000;

export interface OpenLocks extends LockService {
  /** @throws Error unless a majority of the nodes answers. */
  ping(): Promise<void>;
}

/**
 * The lock service over its own clients. A node that is away at the start is waited for briefly.
 * @throws Error for an even number of nodes.
 */
export async function openLocks(options: OpenLocksOptions): Promise<OpenLocks> {
  const { urls, logger, commandTimeoutMs, ...policy } = options;
  const clients = await Promise.all(
    urls.map((url) =>
      openRedis({ url, profile: 'lock', log: logger, readyWithinMs: 2_000, commandTimeoutMs }),
    ),
  );
  const nodes = clients.map((client) => createLockNode(client, { restMs: nodeRestMs }));
  const lock = createLock({ clients: nodes, ttlMs, minValidityMs });
  const service = createLockService({ lock, logger, ...policy });
  return {
    ...service,
    ping: async () => {
      const answers = await Promise.allSettled(clients.map((client) => client.ping()));
      const here = answers.filter(({ status }) => status === 'fulfilled').length;
      if (here <= clients.length / 2) throw new Error(`${here} of ${clients.length} lock nodes`);
    },
    close: async () => {
      await service.close();
      for (const client of clients) client.disconnect();
    },
  };
}
