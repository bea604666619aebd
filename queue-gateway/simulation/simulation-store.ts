import { randomBytes } from 'node:crypto';
import type { RedisClient } from '../../shared/redis/client.ts';
import type { ServerRun } from '../../shared/redis/server-run.ts';
import { callStore } from '../../shared/redis/store-errors.ts';
import { lineKeys } from '../queue/queue-keys.ts';
import { createDrivenStore, type DrivenStore } from './driven-store.ts';

/** A room to play in. */
export interface Stage {
  driven: DrivenStore;
  /** Nothing is left of it, and the next one may play. */
  close(): Promise<void>;
}

/** Where sales are played: beside the line, in keys of their own, one at a time for all gateways. */
export interface SimulationStore {
  /** `undefined` while another one plays. @param leaseMs after which nobody waits for it any more. */
  open(leaseMs: number): Promise<Stage | undefined>;
}

export function createSimulationStore(options: {
  redis: RedisClient;
  namespace: string;
  server: ServerRun;
}): SimulationStore {
  const { redis, namespace, server } = options;
  const { playing } = lineKeys(namespace);
  return {
    async open(leaseMs) {
      const name = randomBytes(6).toString('hex');
      const got = await callStore(() => redis.set(playing, name, 'PX', leaseMs, 'NX'));
      if (got !== 'OK') return undefined;
      const driven = createDrivenStore({ redis, namespace: `${namespace}play-${name}:`, server });
      return {
        driven,
        async close() {
          await driven.clear();
          // A lease that ran out may be another one's by now.
          if ((await callStore(() => redis.get(playing))) === name)
            await callStore(() => redis.del(playing));
        },
      };
    },
  };
}
