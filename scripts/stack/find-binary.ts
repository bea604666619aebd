import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where servers live that are not on a plain user's PATH. */
const serverDirs = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/bin',
  '/usr/libexec',
  '/usr/local/mysql/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/opt/homebrew/opt/mysql/bin',
  '/usr/local/opt/mariadb/bin',
  '/usr/local/opt/mysql/bin',
  '/home/linuxbrew/.linuxbrew/bin',
];

/** The folders to look in: those of PATH first, then the usual ones of servers. */
export function searchDirs(env: NodeJS.ProcessEnv): string[] {
  const ofPath = (env.PATH ?? '').split(delimiter).filter((dir) => dir !== '');
  return [...new Set([...ofPath, ...serverDirs])];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The first of `names` found in `dirs`; an earlier name wins over an earlier folder. */
export function findBinary(names: readonly string[], dirs: readonly string[]): string | undefined {
  for (const name of names) {
    const found = dirs.map((dir) => join(dir, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}
