import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../faults.ts';
import type { Engine } from './engine.ts';

/** Room for what the stores need at their start and a little more. */
const sizes = { database: '400m', redis: '24m' } as const;
type StoreName = keyof typeof sizes;

const isFull = (error: unknown): boolean => (error as { code?: string }).code === 'ENOSPC';

/** Whatever is left of the disk is somebody else's, down to the last byte. */
function fill(file: string): void {
  const handle = openSync(file, 'w');
  for (const bytes of [1 << 20, 4_096, 1]) {
    try {
      for (;;) writeSync(handle, Buffer.alloc(bytes));
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }
  closeSync(handle);
}

const fullForMs = 4_000;

const diskFull = (name: StoreName, dir: string): Fault => ({
  name: `the disk of ${name} is full for ${fullForMs} ms`,
  kills: 0,
  inject: async () => {
    const file = join(dir, 'somebody-elses');
    const untilMs = performance.now() + fullForMs;
    // What the store itself gives back meanwhile is taken as well.
    for (let at = 0; performance.now() < untilMs; at += 1) {
      fill(`${file}-${at}`);
      await delay(100);
    }
    return async () => {
      for (let at = 0; at <= fullForMs / 100; at += 1) rmSync(`${file}-${at}`, { force: true });
    };
  },
});

/** Killed while there is no room, and started when there is. */
const killedWhenFull = (name: StoreName, dir: string): Fault => {
  const full = diskFull(name, dir);
  return {
    name: `kill -9 ${name} while its disk is full`,
    kills: 1,
    forgets: name === 'redis',
    inject: async (rig) => {
      const heal = await full.inject(rig);
      await rig.parts[name].kill();
      return async () => {
        await heal();
        await rig.parts[name].start();
      };
    },
  };
};

/** The stores on small disks of their own, in memory. Needs the right to mount one. */
export async function openSmallDisks(): Promise<Engine> {
  const root = mkdtempSync(join(tmpdir(), 'disks-'));
  const names = Object.keys(sizes) as StoreName[];
  const mounted = names.map((name) => {
    const at = mkdtempSync(join(root, `${name}-`));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizes[name]}`, 'tmpfs', at]);
    return at;
  });
  const [database = '', redis = ''] = mounted;
  // A mount cannot be taken away with its folder: the stores have folders in it.
  const dataDirs = { database: join(database, 'data'), redis: join(redis, 'data') };
  return {
    env: {},
    dataDirs,
    faults: [
      diskFull('database', database),
      diskFull('redis', redis),
      killedWhenFull('database', database),
      killedWhenFull('redis', redis),
    ],
    close: async () => {
      for (const at of mounted) execFileSync('umount', [at]);
      rmSync(root, { recursive: true, force: true });
    },
  };
}
