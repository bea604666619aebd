import { mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { keptSecret, makePrivateDir, writePrivateFile } from './files.ts';
import { findBinary } from './find-binary.ts';
import { freePort } from './free-port.ts';
import { type MysqlFlavour, mysqlInitArgs, mysqlServerArgs } from './mysql-options.ts';
import { runCommand } from './run-command.ts';
import type { PrivateServerOptions, Store } from './store.ts';
import { endLeftOver, startServer, waitUntilReady } from './server-process.ts';

export interface MysqlBinary {
  flavour: MysqlFlavour;
  server: string;
  /** MariaDB's script that makes a data folder; MySQL's server does that itself. */
  installer?: string;
}

const databaseName = 'concert';
const accountName = 'concert';
const readyDeadlineMs = 120_000;
const initTimeoutMs = 180_000;
const startTries = 3;

const foldersOf: Record<MysqlFlavour, string> = { mariadb: 'mariadb', mysql: 'mysql' };
const titleOf: Record<MysqlFlavour, string> = { mariadb: 'MariaDB', mysql: 'MySQL' };

/**
 * Every usable server on this machine, MariaDB first. `mysqld` may be either: Debian's MariaDB
 * answers to that name too, so its own word decides.
 */
export async function findMysqlBinaries(dirs: readonly string[]): Promise<MysqlBinary[]> {
  const found: MysqlBinary[] = [];
  for (const name of ['mariadbd', 'mysqld']) {
    const server = findBinary([name], dirs);
    if (server === undefined) continue;
    const version = await runCommand(server, ['--no-defaults', '--version']);
    if (version.code !== 0) continue;
    const flavour: MysqlFlavour = version.output.includes('MariaDB') ? 'mariadb' : 'mysql';
    if (found.some((known) => known.flavour === flavour)) continue;
    const installer = findBinary(['mariadb-install-db', 'mysql_install_db'], dirs);
    if (flavour === 'mysql') found.push({ flavour, server });
    else if (installer !== undefined) found.push({ flavour, server, installer });
  }
  return found;
}

/** The server whose data is there already, so that a newly installed one does not hide it. */
export function chooseMysqlBinary(
  binaries: readonly MysqlBinary[],
  dataDir: string,
): MysqlBinary | undefined {
  return binaries.find((one) => hasData(join(dataDir, foldersOf[one.flavour]))) ?? binaries[0];
}

function hasData(dir: string): boolean {
  try {
    return readdirSync(join(dir, 'data')).length > 0;
  } catch {
    return false;
  }
}

/** A database server of our own on a free loopback port, with its data below `dataDir`. */
export async function startMysqlServer(
  binary: MysqlBinary,
  options: PrivateServerOptions,
): Promise<Store> {
  const dir = join(options.dataDir, foldersOf[binary.flavour]);
  makePrivateDir(join(dir, 'tmp'));
  if (await endLeftOver(dir)) options.log(`Ended a ${titleOf[binary.flavour]} of a killed run.`);
  if (!hasData(dir)) await initialise(binary, dir, options);
  const password = keptSecret(join(dir, 'password'));
  const initFile = join(dir, 'init.sql');
  writePrivateFile(initFile, accountSql(binary.flavour, password));
  try {
    return await startOnFreePort(binary, dir, { ...options, password, initFile });
  } finally {
    rmSync(initFile, { force: true });
  }
}

interface StartOptions extends PrivateServerOptions {
  password: string;
  initFile: string;
}

/** Somebody else can take the port between our choice and the server's bind: then choose again. */
async function startOnFreePort(
  binary: MysqlBinary,
  dir: string,
  options: StartOptions,
): Promise<Store> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(binary, dir, options);
    } catch (error) {
      const isTaken = /address already in use/i.test(String(error));
      if (!isTaken || attempt === startTries) throw error;
    }
  }
}

async function startOnce(binary: MysqlBinary, dir: string, options: StartOptions): Promise<Store> {
  const name = titleOf[binary.flavour];
  const port = await freePort();
  const server = await startServer({
    name,
    command: binary.server,
    args: mysqlServerArgs({
      flavour: binary.flavour,
      profile: options.profile,
      dataDir: join(dir, 'data'),
      tmpDir: join(dir, 'tmp'),
      port,
      initFile: options.initFile,
      pidFile: join(dir, 'server.pid'),
      isRoot: process.getuid?.() === 0,
    }),
    dir,
    disposable: options.profile === 'throwaway',
    onUnexpectedExit: options.onUnexpectedExit,
  });
  const url = `mysql://${accountName}:${options.password}@127.0.0.1:${port}/${databaseName}`;
  try {
    const deadlineMs = readyDeadlineMs;
    await waitUntilReady(server, name, () => pingDatabase(url), {
      deadlineMs,
      signal: options.signal,
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { title: `${name} on port ${port}, data in ${dir}`, url, stop: server.stop };
}

/** Fails with the driver's own words when the database of `url` cannot be used. */
export async function pingDatabase(url: string): Promise<void> {
  const connection = await createConnection({ uri: url, connectTimeout: 5_000 });
  await connection.query('SELECT 1');
  await connection.end();
}

/** Made under another name and moved when whole: a run killed half way leaves nothing half made. */
async function initialise(
  binary: MysqlBinary,
  dir: string,
  options: PrivateServerOptions,
): Promise<void> {
  const name = titleOf[binary.flavour];
  const part = join(dir, 'data.part');
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { mode: 0o700 });
  const installer = binary.installer ?? binary.server;
  const args = mysqlInitArgs({
    flavour: binary.flavour,
    profile: options.profile,
    dataDir: part,
    baseDir: dirname(dirname(realpathSync(installer))),
    isRoot: process.getuid?.() === 0,
  });
  if (options.profile === 'durable') options.log(`Making a new ${name} data folder in ${dir} ...`);
  const { signal } = options;
  const env = { ...options.env, TMPDIR: join(dir, 'tmp') };
  const made = await runCommand(installer, args, { env, timeoutMs: initTimeoutMs, signal });
  signal?.throwIfAborted();
  if (made.code !== 0) {
    throw new Error(`${name} could not make its data folder in ${dir}:\n${made.output.trimEnd()}`);
  }
  rmSync(join(dir, 'data'), { recursive: true, force: true });
  renameSync(part, join(dir, 'data'));
}

/**
 * Run by the server before it opens its port, at every start: there is no moment without a
 * password, and a lost password file heals itself. Each statement stays on its line.
 */
function accountSql(flavour: MysqlFlavour, password: string): string {
  const account = `'${accountName}'@'127.0.0.1'`;
  const lines = [
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${password}';`,
    `ALTER USER ${account} IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO ${account};`,
    `CREATE DATABASE IF NOT EXISTS ${databaseName};`,
  ];
  // MySQL makes a root account with no password; MariaDB's can only come by a socket we do not open.
  if (flavour === 'mysql') lines.push("ALTER USER 'root'@'localhost' ACCOUNT LOCK;");
  return `${lines.join('\n')}\n`;
}
