import { existsSync, readdirSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { keysCommand } from '../../scripts/keys.ts';
import { type Fault, onDatabase, plainFaults } from './faults.ts';
import { eventually } from '../harness/eventually.ts';
import type { PartName } from './rig.ts';

const libDir = '/usr/lib';

/** The library that turns a program's clock; undefined where it is not installed. */
export function findClockTurner(): string | undefined {
  if (!existsSync(libDir)) return undefined;
  const paths = ['', ...readdirSync(libDir)].map((dir) =>
    join(libDir, dir, 'faketime/libfaketime.so.1'),
  );
  return paths.find((path) => existsSync(path));
}

const wrongForMs = 4_000;

const turned = (name: PartName, by: string, library: string): Fault => ({
  name: `clock of ${name} ${by}`,
  kills: 0,
  inject: async ({ parts }) => {
    await parts[name].stop();
    // The clock on the wall alone: timers run as they do where a clock was set wrong.
    const env = { LD_PRELOAD: library, FAKETIME: by, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
    // It may say for as long as that lasts that it is not ready, and be right.
    const up = parts[name].start(env).catch(() => undefined);
    await Promise.race([up, delay(wrongForMs)]);
    return async () => {
      await parts[name].stop();
      await up;
      await parts[name].start();
    };
  },
});

const comesBackEmpty: Fault = {
  name: 'kill -9 redis, which comes back empty',
  kills: 1,
  forgets: true,
  inject: async ({ parts, dir }) => {
    await parts.redis.kill();
    rmSync(join(dir, 'redis', 'appendonlydir'), { recursive: true, force: true });
    return () => parts.redis.start();
  },
};

/** One gateway alone remembers the line; the other starts with nothing, at the same moment. */
const emptyWithout: Fault = {
  name: 'kill -9 redis, which comes back empty, and gateway-2',
  kills: 2,
  forgets: true,
  inject: async (rig) => {
    const { parts } = rig;
    await parts['gateway-2'].kill();
    const heal = await comesBackEmpty.inject(rig);
    return async () => void (await Promise.all([heal(), parts['gateway-2'].start()]));
  },
};

/** Fewer than the services keep; each of theirs is lost, and they fight for what is left. */
const tooFewConnections = onDatabase('ten connections to the database for all', async (query) => {
  const [before] = (await query('SELECT @@max_connections AS most')) as { most: number }[];
  await query('SET GLOBAL max_connections = 10');
  const rows = (await query(
    'SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID()',
  )) as { id: number }[];
  for (const { id } of rows) await query(`KILL ${id}`).catch(() => undefined);
  return async () => void (await query(`SET GLOBAL max_connections = ${before?.most ?? 151}`));
});

/** Somebody else locks seats and balances in the order that nobody should, again and again. */
const deadlocks: Fault = {
  name: 'deadlocks',
  kills: 0,
  inject: async ({ databaseUrl }) => {
    let isOver = false;
    const fight = async (): Promise<void> => {
      const connection = await createConnection({ uri: databaseUrl });
      const take = (sql: string) => connection.query(`${sql} LIMIT 1 FOR UPDATE`);
      while (!isOver) {
        await connection.query('BEGIN');
        try {
          await take('SELECT point_id FROM point WHERE point_id >= FLOOR(2 + RAND() * 40)');
          for (let i = 0; i < 4; i += 1) {
            await take(`SELECT seat_id FROM concert_seat
              WHERE seat_id <= (SELECT MAX(seat_id) FROM concert_seat) - ${i * 7} ORDER BY seat_id DESC`);
          }
        } catch {
          // A deadlock that it lost.
        }
        await connection.query('ROLLBACK');
      }
      await connection.end();
    };
    const fights = [fight(), fight(), fight()];
    return async () => {
      isOver = true;
      await Promise.all(fights);
    };
  },
};

const slowSockets = 500;

const slowClients: Fault = {
  name: `${slowSockets} clients that never finish what they say`,
  kills: 0,
  inject: async ({ gatewayUrls }) => {
    const port = Number(new URL(gatewayUrls[0] ?? '').port);
    const sockets = Array.from({ length: slowSockets }, (): Socket => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('GET /concerts HTTP/1.1\r\nX-A: '),
      );
      return socket.on('error', () => undefined);
    });
    return async () => {
      for (const socket of sockets) socket.destroy();
    };
  },
};

const keysRotated: Fault = {
  name: 'every key rotated',
  kills: 0,
  inject: async ({ dir }) => {
    await keysCommand(['rotate'], { DATA_DIR: dir });
    return async () => undefined;
  },
};

const blockedForMs = 3_000;

/** Not as SIGSTOP: timers that were due, and calls that timed out meanwhile, are all there at once. */
const blocked = (name: PartName): Fault => ({
  name: `event loop of ${name} blocked for ${blockedForMs} ms`,
  kills: 0,
  inject: async ({ parts }) => {
    await parts[name].runInside(
      `{ const until = Date.now() + ${blockedForMs}; while (Date.now() < until); }`,
    );
    return async () => undefined;
  },
});

/** It has to end, with an exit code that tells: half a program is worse than none. */
const uncaught = (name: PartName): Fault => ({
  name: `uncaught error in ${name}`,
  kills: 1,
  inject: async ({ parts }) => {
    await parts[name].runInside(`setTimeout(() => { throw new Error('nobody catches this'); }, 0)`);
    await eventually(() => {
      if (parts[name].isRunning()) throw new Error(`${name} goes on after an uncaught error`);
    });
    return () => parts[name].start();
  },
});

function clockFaults(library: string): Fault[] {
  return [
    turned('core-2', '+1h', library),
    turned('core-1', '-30s', library),
    turned('gateway-2', '+1h', library),
    turned('gateway-1', '-30s', library),
  ];
}

/** Every fault that a run may inject, by name; without the clocks where they cannot be turned. */
export function allFaults(): Fault[] {
  const library = findClockTurner();
  return [
    ...plainFaults,
    ...[comesBackEmpty, emptyWithout, tooFewConnections, deadlocks, slowClients, keysRotated],
    ...[blocked('core-1'), blocked('gateway-2'), uncaught('core-2'), uncaught('gateway-1')],
    ...(library === undefined ? [] : clockFaults(library)),
  ];
}
