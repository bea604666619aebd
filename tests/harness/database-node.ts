import { dirname, join } from 'node:path';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { findBinary, searchDirs } from '../../scripts/stack/find-binary.ts';
import { freePort } from '../../scripts/stack/free-port.ts';
import {
  type MysqlInitOptions,
  mysqlInitArgs,
  mysqlServerArgs,
} from '../../scripts/stack/mysql-options.ts';
import { findMysqlBinaries, pingDatabase } from '../../scripts/stack/mysql-server.ts';
import { runCommand } from '../../scripts/stack/run-command.ts';
import { startServer, waitUntilReady } from '../../scripts/stack/server-process.ts';

/** A MariaDB of a test's own, to be one of several: with a binary log, or in a Galera cluster. */
export interface DatabaseNode {
  port: number;
  /** Of the schema `concert`, by an account that may do everything. */
  url: string;
  /** At once, as by a power cut. */
  kill(): Promise<void>;
  /** As a machine that hangs. */
  pause(): void;
  resume(): void;
}

export interface DatabaseNodeOptions {
  /** After those of the stack, and stronger. */
  args: readonly string[];
  port?: number;
  /** Gets its accounts and schemas from the cluster it joins. */
  joins?: boolean;
}

const account = 'node';
const nobodyId = 65_534;

export async function startDatabaseNode(options: DatabaseNodeOptions): Promise<DatabaseNode> {
  const dirs = searchDirs(process.env);
  const binary = (await findMysqlBinaries(dirs)).find(({ flavour }) => flavour === 'mariadb');
  const installer = findBinary(['mariadb-install-db', 'mysql_install_db'], dirs);
  if (!binary || !installer) throw new Error('this needs MariaDB on the machine');
  const dir = join(mkdtempSync(join(tmpdir(), 'node-')), 'mariadb');
  const [dataDir, tmpDir] = [join(dir, 'data'), join(dir, 'tmp')];
  for (const path of [dir, dataDir, tmpDir]) mkdirSync(path);
  const isRoot = process.getuid?.() === 0;
  const common = { flavour: 'mariadb', profile: 'throwaway', dataDir, isRoot } as const;
  if (options.joins) letRsyncIn(dir, dataDir);
  else await initialise(installer, { ...common, tmpDir });
  const initFile = join(dir, 'init.sql');
  writeFileSync(
    initFile,
    `CREATE USER IF NOT EXISTS '${account}'@'127.0.0.1' IDENTIFIED BY '${account}';
GRANT ALL PRIVILEGES ON *.* TO '${account}'@'127.0.0.1' WITH GRANT OPTION;
CREATE DATABASE IF NOT EXISTS concert;
`,
  );
  const port = options.port ?? (await freePort());
  const pidFile = join(dir, 'server.pid');
  const args = mysqlServerArgs({ ...common, tmpDir, port, initFile, pidFile });
  const server = await startServer({
    name: 'MariaDB',
    command: binary.server,
    args: [
      ...args.filter((arg) => !options.joins || !arg.startsWith('--init-file')),
      ...options.args,
    ],
    dir,
    disposable: true,
  });
  const url = `mysql://${account}:${account}@127.0.0.1:${port}/concert`;
  await waitUntilReady(server, 'MariaDB', () => pingDatabase(url), { deadlineMs: 60_000 });
  return {
    port,
    url,
    kill: () => server.stop(),
    pause: () => void process.kill(server.pid, 'SIGSTOP'),
    resume: () => void process.kill(server.pid, 'SIGCONT'),
  };
}

async function initialise(
  installer: string,
  options: Omit<MysqlInitOptions, 'baseDir'> & { tmpDir: string },
): Promise<void> {
  const baseDir = dirname(dirname(realpathSync(installer)));
  const made = await runCommand(installer, mysqlInitArgs({ ...options, baseDir }), {
    env: { ...process.env, TMPDIR: options.tmpDir },
  });
  if (made.code !== 0) throw new Error(made.output);
}

/** Started as root, the rsync that brings the cluster's data writes as nobody. */
function letRsyncIn(dir: string, dataDir: string): void {
  for (const path of [dirname(dir), dir]) chmodSync(path, 0o755);
  if (process.getuid?.() === 0) chownSync(dataDir, nobodyId, nobodyId);
}
