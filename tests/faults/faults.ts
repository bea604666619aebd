import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import type { PartName, Rig, WireName } from './rig.ts';

/** Something that goes wrong. `heal` makes it right again; what heals by itself has nothing to do. */
export interface Fault {
  name: string;
  /** Programs that were killed by it. */
  kills: number;
  /** Redis loses what it knew by it, or its last second. */
  forgets?: boolean;
  /** Until it is healed: a replica takes over, with less than was acknowledged. */
  isFailover?: boolean;
  inject(rig: Rig): Promise<() => Promise<void>>;
}

const heals = async (): Promise<void> => undefined;

const killed = (...names: PartName[]): Fault => ({
  name: `kill -9 ${names.join(' and ')}`,
  kills: names.length,
  forgets: names.includes('redis'),
  inject: async ({ parts }) => {
    await Promise.all(names.map((name) => parts[name].kill()));
    return async () => {
      // Stores first: a service is ready only with them.
      const isStore = (name: PartName): boolean => name === 'database' || name === 'redis';
      await Promise.all(names.filter(isStore).map((name) => parts[name].start()));
      await Promise.all(names.map((name) => parts[name].start()));
    };
  },
});

const asked = (name: PartName): Fault => ({
  name: `SIGTERM ${name}`,
  kills: 0,
  inject: async ({ parts }) => {
    await parts[name].stop();
    return () => parts[name].start();
  },
});

const paused = (name: PartName, forMs = 0): Fault => ({
  name: `SIGSTOP ${name}${forMs > 0 ? ` for ${forMs} ms` : ''}`,
  kills: 0,
  inject: async ({ parts }) => {
    parts[name].pause();
    await delay(forMs);
    return async () => parts[name].resume();
  },
});

type Harm = 'cut' | 'freeze' | 'halveReply' | 'slow' | 'trickle' | 'garble';

const wire = (name: WireName, what: Harm, byMs = 0): Fault => ({
  name: `${what} ${name}${byMs > 0 ? ` by ${byMs} ms` : ''}`,
  kills: 0,
  inject: async ({ wires }) => {
    wires[name][what](byMs);
    return async () => wires[name].mend();
  },
});

const lostReply = (name: WireName, words: string): Fault => ({
  name: `reply to ${words.trim()} lost (${name})`,
  kills: 0,
  inject: async ({ wires }) => {
    const untilMs = performance.now() + 2_000;
    while (performance.now() < untilMs) {
      wires[name].loseReplyTo(words);
      await delay(20);
    }
    return async () => wires[name].mend();
  },
});

export const onDatabase = (
  name: string,
  work: (query: Query) => Promise<() => Promise<void>>,
): Fault => ({
  name,
  kills: 0,
  inject: async ({ databaseUrl }) => {
    const connection = await createConnection({ uri: databaseUrl });
    const heal = await work(async (sql) => (await connection.query(sql))[0] as object[]);
    return async () => {
      await heal();
      await connection.end();
    };
  },
});
export type Query = (sql: string) => Promise<object[]>;

const isDeadlock = (error: unknown): boolean => (error as { errno?: number }).errno === 1213;

/** The stranger deadlocks with those it meets, and tries again until it has all rows. */
const lockedRows = (name: string, sql: string): Fault =>
  onDatabase(name, async (query) => {
    for (;;) {
      await query('BEGIN');
      try {
        await query(sql);
        return async () => void (await query('ROLLBACK'));
      } catch (error) {
        if (!isDeadlock(error)) throw error;
      }
    }
  });

const onRedis = (
  name: string,
  work: (redis: Redis) => Promise<unknown>,
  heal: (redis: Redis) => Promise<unknown> = heals,
): Fault => ({
  name,
  kills: 0,
  inject: async ({ redisUrl }) => {
    const redis = new Redis(redisUrl);
    await work(redis);
    return async () => {
      await heal(redis);
      redis.disconnect();
    };
  },
});

/** What breaks every day. `harder-faults.ts` has the rest. */
export const plainFaults: readonly Fault[] = [
  killed('core-1'),
  killed('core-2'),
  killed('core-1', 'core-2'),
  killed('gateway-1'),
  killed('gateway-2'),
  killed('database'),
  killed('redis'),
  killed('redis', 'gateway-1'),
  killed('database', 'core-2'),
  asked('core-1'),
  asked('gateway-2'),
  paused('core-1'),
  paused('gateway-1'),
  paused('core-2', 6_000),
  paused('database'),
  paused('redis'),
  wire('database', 'cut'),
  wire('database', 'freeze'),
  wire('database', 'slow', 100),
  wire('redis', 'cut'),
  wire('redis', 'freeze'),
  wire('redis', 'slow', 60),
  wire('core-1', 'cut'),
  wire('core-2', 'halveReply'),
  wire('core-1', 'slow', 3_000),
  wire('core-1', 'trickle'),
  wire('core-2', 'garble'),
  lostReply('database', 'COMMIT'),
  lostReply('redis', 'evalsha'),
  lostReply('core-1', 'POST /concerts'),
  lockedRows('a stranger locks every seat', 'SELECT seat_id FROM concert_seat FOR UPDATE'),
  lockedRows('a stranger locks every balance', 'SELECT point_id FROM point FOR UPDATE'),
  onDatabase('read only database', async (query) => {
    await query('SET GLOBAL read_only = ON');
    return async () => void (await query('SET GLOBAL read_only = OFF'));
  }),
  onDatabase('every connection to the database killed', async (query) => {
    const rows = (await query(
      'SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID()',
    )) as { id: number }[];
    for (const { id } of rows) await query(`KILL ${id}`).catch(() => undefined);
    return heals;
  }),
  { ...onRedis('FLUSHALL', (redis) => redis.flushall()), forgets: true },
  onRedis('SCRIPT FLUSH', (redis) => redis.script('FLUSH')),
  onRedis('every client of Redis killed', (redis) =>
    redis.call('CLIENT', 'KILL', 'TYPE', 'NORMAL', 'SKIPME', 'yes'),
  ),
  onRedis(
    'Redis out of memory',
    (redis) => redis.config('SET', 'maxmemory', '1'),
    (redis) => redis.config('SET', 'maxmemory', '0'),
  ),
];
