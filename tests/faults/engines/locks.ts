import { setTimeout as delay } from 'node:timers/promises';
import { openLocks } from '../../../core-api/lock/open-locks.ts';
import { quantile } from '../../../shared/quantile.ts';
import { createLogger } from '../../../shared/logger.ts';
import { type RedisProcess, startRedis } from '../../harness/redis-process.ts';
import { type Fault, plainFaults } from '../faults.ts';
import type { Engine } from './engine.ts';

type Nodes = readonly [RedisProcess, RedisProcess, RedisProcess];

const frozen = (servers: readonly RedisProcess[]): Fault => ({
  name: `${servers.length} of 3 lock nodes frozen`,
  kills: 0,
  inject: async () => {
    for (const server of servers) server.pause();
    return async () => {
      for (const server of servers) server.resume();
    };
  },
});

const dead = (server: RedisProcess): Fault => ({
  name: '1 of 3 lock nodes killed; it comes back empty',
  kills: 1,
  inject: async () => {
    await server.crash();
    return () => server.restart();
  },
});

/** Two nodes forget what is locked while it is: two may hold the same lock, and the database says no. */
const quorumForgets = (servers: readonly RedisProcess[]): Fault => ({
  name: '2 of 3 lock nodes started empty while locks are held',
  kills: servers.length,
  inject: async () => {
    await Promise.all(servers.map((server) => server.crash()));
    await Promise.all(servers.map((server) => server.restart()));
    return async () => undefined;
  },
});

/** Longer than a lock lives: it is somebody else's before the transaction ends. */
const outlivedMs = 9_000;

function outlived(): Fault {
  const lockedSeats = plainFaults.find(({ name }) => name === 'a stranger locks every seat');
  if (!lockedSeats) throw new Error('there is no such fault');
  return {
    name: 'locks run out in the midst of transactions',
    kills: 0,
    inject: async (rig) => {
      const heal = await lockedSeats.inject(rig);
      await delay(outlivedMs);
      return heal;
    },
  };
}

const samples = 1_000;

/** ms to take and give back a lock over three nodes, one after the other. */
async function lockTimes(urls: readonly string[]): Promise<number[]> {
  const logger = createLogger({ service: 'faults', level: 'silent' });
  const policy = { downPolicy: 'closed', downPlaces: 1 } as const;
  const locks = await openLocks({ urls, namespace: 'times:', logger, ...policy });
  const took: number[] = [];
  for (let i = 0; i < samples; i += 1) {
    const startedAt = performance.now();
    const request = { keys: [`seat:${i}`], waitMs: 0, busy: () => new Error('busy') };
    await locks.withLock(request, async () => undefined);
    took.push(performance.now() - startedAt);
  }
  await locks.close();
  return took.sort((a, b) => a - b);
}

async function lockFigures(urls: readonly string[], [one]: Nodes): Promise<string[]> {
  const line = (what: string, took: number[]): string =>
    `lock, ${what}: p50 ${quantile(took, 0.5).toFixed(2)} ms, p99 ${quantile(took, 0.99).toFixed(2)} ms`;
  const all = line('3 of 3 nodes', await lockTimes(urls));
  one.pause();
  const without = line('1 of 3 frozen', await lockTimes(urls).finally(() => one.resume()));
  return [all, without];
}

/** Locks on three masters of their own; the line stays on its one Redis. */
export async function openLockNodes(): Promise<Engine> {
  const nodes: Nodes = [await startRedis(), await startRedis(), await startRedis()];
  const [one, two, three] = nodes;
  const urls = nodes.map(({ port }) => `redis://127.0.0.1:${port}/0`);
  return {
    env: { LOCK_REDIS_URLS: urls.join(',') },
    faults: [frozen([one]), dead(two), frozen([two, three]), quorumForgets([one, two]), outlived()],
    figures: () => lockFigures(urls, nodes),
    close: async () => {
      for (const node of nodes) await node.kill();
    },
  };
}
