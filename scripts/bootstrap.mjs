/**
 * What has to be true before any TypeScript of this repository can run: a Node that is new enough
 * and the locked packages in place. Plain JavaScript with no dependency, because at this moment
 * there may be none.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const rootDir = dirname(dirname(fileURLToPath(import.meta.url)));

const oldestNode = [20, 19, 0];

/** @param {string} version such as `20.19.0` */
export function isNodeNewEnough(version) {
  const parts = version.split('.').map(Number);
  for (let i = 0; i < oldestNode.length; i += 1) {
    if (parts[i] !== oldestNode[i]) return parts[i] > oldestNode[i];
  }
  return true;
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages || {};
  } catch (_notThere) {
    return undefined;
  }
}

/**
 * Compares what is installed with what is locked, by version and not by file time: a fresh clone
 * or an unpacked archive has any time stamps. Packages of another platform are optional in the
 * lock and rightly missing here.
 *
 * @param {string} dir the folder of package-lock.json
 * @returns {boolean}
 */
export function arePackagesInstalled(dir) {
  const locked = readLock(join(dir, 'package-lock.json'));
  const installed = readLock(join(dir, 'node_modules', '.package-lock.json'));
  if (!locked || !installed) return false;
  return Object.keys(locked).every((path) => {
    if (path === '') return true;
    const there = installed[path];
    if (!there) return locked[path].optional === true;
    return there.version === locked[path].version && existsSync(join(dir, path));
  });
}

function installPackages() {
  console.error('Installing the locked packages (npm ci) ...');
  // npm's own words go to stderr: what a command prints on stdout may be read by a program.
  const npm = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: rootDir,
    stdio: ['ignore', 2, 2],
  });
  if (npm.status === 0) return;
  const why = npm.error ? npm.error.message : `npm ci ended with ${npm.signal || npm.status}`;
  console.error(`The packages could not be installed: ${why}`);
  process.exit(1);
}

/** Ends the process with one clear line when this machine cannot run the repository. */
export function bootstrap() {
  if (!isNodeNewEnough(process.versions.node)) {
    const needed = oldestNode.slice(0, 2).join('.');
    console.error(`Node ${needed} or newer is needed; this is ${process.versions.node}.`);
    process.exit(1);
  }
  if (!arePackagesInstalled(rootDir)) installPackages();
}
