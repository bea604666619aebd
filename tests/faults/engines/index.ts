import { openCluster } from './cluster.ts';
import type { Engine } from './engine.ts';
import { openSmallDisks } from './disks.ts';
import { openLockNodes } from './locks.ts';
import { openSentinel } from './sentinel.ts';

/** What `npm run faults -- --engine …` takes. */
export const engines: Readonly<Record<string, () => Promise<Engine>>> = {
  cluster: openCluster,
  sentinel: openSentinel,
  locks: openLockNodes,
  disks: openSmallDisks,
};
