import { homedir } from 'node:os';
import { join } from 'node:path';
import { findBinary, searchDirs } from '../stack/find-binary.ts';

/** How k6 is run here: the words before its own arguments, and where it sees this repository. */
export interface K6Command {
  command: string;
  args: readonly string[];
}

export const k6Advice = `k6 is not on this machine. Any one of these brings it:
  a package       https://grafana.com/docs/k6/latest/set-up/install-k6/
  with Go         go install go.k6.io/k6@latest
  a container     docker pull grafana/k6   (used by itself when docker is there)
Without it the same scenarios run by our own driver: npm run load:native -- <scenario>`;

/** Newer than the one that first ran TypeScript without a flag. */
const image = 'grafana/k6:latest';

/**
 * k6 on PATH or where Go puts it, else a container that shares this machine's network and sees
 * `mounts` under their own names. @returns undefined when there is neither
 */
export function findK6(env: NodeJS.ProcessEnv, mounts: readonly string[]): K6Command | undefined {
  const goDirs = [env['GOBIN'], join(env['GOPATH'] ?? join(homedir(), 'go'), 'bin')];
  const dirs = [...searchDirs(env), ...goDirs.filter((dir) => dir !== undefined && dir !== '')];
  const k6 = findBinary(['k6'], dirs as string[]);
  if (k6) return { command: k6, args: [] };
  const docker = findBinary(['docker'], dirs as string[]);
  if (!docker) return undefined;
  const volumes = mounts.flatMap((dir) => ['--volume', `${dir}:${dir}`]);
  const user = process.getuid ? ['--user', String(process.getuid())] : [];
  return {
    command: docker,
    args: ['run', '--rm', '--interactive', '--network=host', ...user, ...volumes, image],
  };
}
