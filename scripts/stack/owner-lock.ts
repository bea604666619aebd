import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateDir, readJsonIfThere } from './files.ts';
import { identify, isProcessIdentity, isStillRunning } from './process-identity.ts';

/**
 * Makes this process the only owner of `dataDir`, so that a second start does not take the first
 * one's servers for left-overs. The lock of a killed run is stale and is taken over.
 *
 * @returns gives the folder back
 * @throws when a living process owns the folder
 */
export function takeDataDir(dataDir: string): () => void {
  makePrivateDir(dataDir);
  const path = join(dataDir, 'owner.json');
  const me = JSON.stringify(identify(process.pid) ?? { pid: process.pid, startedAt: '' });
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    if (createOnly(path, me)) return () => rmSync(path, { force: true });
    const owner = readJsonIfThere(path, isProcessIdentity);
    if (owner !== undefined && isStillRunning(owner)) {
      throw new Error(
        `The data folder ${dataDir} is in use by process ${owner.pid}. ` +
          'Stop that one first, or set DATA_DIR to another folder.',
      );
    }
    rmSync(path, { force: true });
  }
  throw new Error(`The data folder ${dataDir} could not be locked (${path}).`);
}

/** Linked into place, so that nobody ever sees the file without its words. */
function createOnly(path: string, text: string): boolean {
  const part = `${path}.${process.pid}`;
  writeFileSync(part, text, { mode: 0o600 });
  try {
    linkSync(part, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(part, { force: true });
  }
}
