import { findBinary } from './find-binary.ts';
import { readIfThere } from './files.ts';
import { runCommand } from './run-command.ts';

export interface DebianOptions {
  env: NodeJS.ProcessEnv;
  dirs: readonly string[];
  log: (line: string) => void;
  osRelease?: string;
  /** Debian's own place for it, unless told. */
  guardFile?: string;
}

/**
 * Packages of these servers start a system service on the default port. The guard file is Debian's
 * own way to say no (invoke-rc.d(8)); it is made only when there is none, and taken away again.
 * A service that was not there before is not started at the next boot either.
 */
const installScript = `set -e
guard=$1
shift
if [ ! -e "$guard" ]; then
  trap 'rm -f "$guard"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$guard"
  chmod 755 "$guard"
fi
new=
for package in "$@"; do
  dpkg -s "$package" > /dev/null 2>&1 || new="$new $package"
done
apt-get update
apt-get install -y --no-install-recommends "$@"
for package in $new; do
  systemctl disable "\${package%-server}" "$package" > /dev/null 2>&1 || true
done`;

/** True for Debian, Ubuntu and what is made from them. */
export function isDebian(osRelease: string): boolean {
  const ids = osRelease.match(/^(ID|ID_LIKE)=.*$/gm) ?? [];
  return ids.some((line) => /\b(debian|ubuntu)\b/.test(line));
}

/** How to run a command as root without asking anybody: nothing to add, `sudo -n`, or not at all. */
async function rootPrefix(options: DebianOptions): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const sudo = findBinary(['sudo'], options.dirs);
  if (sudo === undefined) return undefined;
  const allowed = await runCommand(sudo, ['-n', 'true'], { env: options.env });
  return allowed.code === 0 ? [sudo, '-n'] : undefined;
}

/**
 * Installs packages of the distribution where that is possible without a question.
 *
 * @returns false when this is no Debian, or we may not install here, or the installation failed
 */
export async function installOnDebian(
  packages: readonly string[],
  options: DebianOptions,
): Promise<boolean> {
  const osRelease = options.osRelease ?? readIfThere('/etc/os-release') ?? '';
  if (!isDebian(osRelease) || findBinary(['apt-get'], options.dirs) === undefined) return false;
  const prefix = await rootPrefix(options);
  if (prefix === undefined) return false;
  options.log(`Installing ${packages.join(' and ')} from the distribution (apt-get) ...`);
  const env = { ...options.env, DEBIAN_FRONTEND: 'noninteractive' };
  const guardFile = options.guardFile ?? '/usr/sbin/policy-rc.d';
  // As an argument of env too: sudo does not pass the environment on.
  const script = ['env', 'DEBIAN_FRONTEND=noninteractive', 'sh', '-c', installScript, 'install'];
  const [first = 'env', ...rest] = [...prefix, ...script, guardFile, ...packages];
  const installed = await runCommand(first, rest, { env });
  if (installed.code === 0) return true;
  options.log(`apt-get did not succeed:\n${lastLines(installed.output, 8)}`);
  return false;
}

function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
