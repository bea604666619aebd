import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { migrateUp } from '../../core-api/db/migrate.ts';
import { searchDirs } from '../../scripts/stack/find-binary.ts';
import { freePort } from '../../scripts/stack/free-port.ts';
import { prepareKeys } from '../../scripts/stack/key-files.ts';
import { mysqlInitArgs, mysqlServerArgs } from '../../scripts/stack/mysql-options.ts';
import { findMysqlBinaries, pingDatabase } from '../../scripts/stack/mysql-server.ts';
import { findRedisBinary, pingRedis } from '../../scripts/stack/redis-server.ts';
import { createTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts';
import { compileServices } from './compile.ts';
import { inspectorArgs } from './inspector.ts';
import { createPart, type Part } from './parts.ts';

export const partNames = [
  'database',
  'redis',
  'core-1',
  'core-2',
  'gateway-1',
  'gateway-2',
] as const;
export type PartName = (typeof partNames)[number];
export type WireName = 'database' | 'redis' | 'core-1' | 'core-2';

/** Two of everything that may be two, on stores of its own, with a wire before each that can break. */
export interface Rig {
  gatewayUrls: readonly string[];
  /** Straight to the database, past the wire. */
  databaseUrl: string;
  redisUrl: string;
  accessTokenKeys: string;
  dir: string;
  parts: Record<PartName, Part>;
  wires: Record<WireName, TcpProxy>;
  close(): Promise<void>;
}

export interface RigOptions {
  /** On top of the rig's own environment, for all services. */
  env?: Record<string, string>;
  /** For `node`, before the service's source: how a mutant gets in. Else both run compiled. */
  nodeArgs?: readonly string[];
  /** Where the stores keep their data, instead of below the rig's own folder. */
  dataDirs?: Partial<Record<'database' | 'redis', string>>;
  /** Runs after the migrations. */
  prepareDatabase?: (databaseUrl: string) => Promise<void>;
}

const rootDir = join(import.meta.dirname, '../..');

const residentBytes = (pid: number): number => {
  try {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(line?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
};

/** `rig` may hurt the server; `app` is the services', who must not be able to write past read_only. */
const accountsSql = `CREATE DATABASE IF NOT EXISTS rig;
CREATE USER IF NOT EXISTS 'rig'@'127.0.0.1' IDENTIFIED BY 'rig';
GRANT ALL ON *.* TO 'rig'@'127.0.0.1';
CREATE USER IF NOT EXISTS 'app'@'127.0.0.1' IDENTIFIED BY 'app';
GRANT ALL ON rig.* TO 'app'@'127.0.0.1';
`;

async function databasePart(dir: string, port: number, kept?: string): Promise<Part> {
  const [binary] = await findMysqlBinaries(searchDirs(process.env));
  if (!binary) throw new Error('no MariaDB or MySQL on this machine');
  const { flavour, server, installer } = binary;
  const isRoot = process.getuid?.() === 0;
  const dataDir = kept ?? join(dir, 'database');
  const tmpDir = join(dir, 'database-tmp');
  mkdirSync(dataDir, { recursive: true });
  mkdirSync(tmpDir);
  // Durable, because a kill has to find everything that was acknowledged.
  const profile = 'durable';
  const init = mysqlInitArgs({ flavour, profile, dataDir, baseDir: '/usr', isRoot });
  execFileSync(installer ?? server, init, { stdio: 'ignore' });
  const initFile = join(dir, 'init.sql');
  writeFileSync(initFile, accountsSql);
  const pidFile = join(dir, 'database.pid');
  return createPart({
    name: 'database',
    command: server,
    args: mysqlServerArgs({ flavour, profile, dataDir, tmpDir, port, initFile, pidFile, isRoot }),
    logFile: join(dir, 'database.log'),
    ready: () => pingDatabase(`mysql://rig:rig@127.0.0.1:${port}/rig`),
    residentBytes,
  });
}

function redisPart(dir: string, port: number, kept?: string): Part {
  const command = findRedisBinary(searchDirs(process.env));
  if (!command) throw new Error('no Redis on this machine');
  const dataDir = kept ?? join(dir, 'redis');
  mkdirSync(dataDir, { recursive: true });
  const flags = { port, bind: '127.0.0.1', dir: dataDir, save: '', appendonly: 'yes' };
  return createPart({
    name: 'redis',
    command,
    args: [
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
      ...['--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'],
    ],
    logFile: join(dir, 'redis.log'),
    ready: () => pingRedis(`redis://127.0.0.1:${port}/0`),
    residentBytes,
  });
}

const isReady = async (url: string): Promise<void> => {
  const answer = await request(`${url}/health/ready`, { headersTimeout: 2_000 });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`${url} answers ${answer.statusCode}`);
};

interface ServiceSpec {
  name: PartName;
  service: 'core-api' | 'queue-gateway';
  port: number;
  env: NodeJS.ProcessEnv;
  dir: string;
  nodeArgs: readonly string[] | undefined;
}

function servicePart({ name, service, port, env, dir, nodeArgs }: ServiceSpec): Part {
  return createPart({
    name,
    command: process.execPath,
    args: [
      ...inspectorArgs,
      ...(nodeArgs
        ? [...nodeArgs, '--import', 'tsx', join(rootDir, service, 'main.ts')]
        : [join(dir, 'compiled', service, 'main.js')]),
    ],
    cwd: rootDir,
    env: { PATH: process.env['PATH'], ...env },
    logFile: join(dir, `${name}.log`),
    ready: () => isReady(`http://127.0.0.1:${port}`),
    residentBytes,
  });
}

const wireTo = (port: number): Promise<TcpProxy> => createTcpProxy({ host: '127.0.0.1', port });

/** The services' side: every store behind its wire, two cores, a gateway for each. */
function serviceParts(
  ports: readonly number[],
  context: {
    dir: string;
    wires: Rig['wires'];
    env: NodeJS.ProcessEnv;
    nodeArgs: readonly string[] | undefined;
  },
): Pick<Rig['parts'], 'core-1' | 'core-2' | 'gateway-1' | 'gateway-2'> {
  const [core1 = 0, core2 = 0, gateway1 = 0, gateway2 = 0] = ports;
  const { wires, env, ...rest } = context;
  const core = (name: 'core-1' | 'core-2', port: number, gatewayPort: number): Part =>
    servicePart({
      ...{ ...rest, name, service: 'core-api', port },
      env: { ...env, CORE_PORT: String(port), GATEWAY_URL: `http://127.0.0.1:${gatewayPort}` },
    });
  const gateway = (name: 'gateway-1' | 'gateway-2', port: number, to: TcpProxy): Part =>
    servicePart({
      ...{ ...rest, name, service: 'queue-gateway', port },
      env: { ...env, GATEWAY_PORT: String(port), CORE_URL: `http://127.0.0.1:${to.port}` },
    });
  return {
    'core-1': core('core-1', core1, gateway1),
    'core-2': core('core-2', core2, gateway2),
    'gateway-1': gateway('gateway-1', gateway1, wires['core-1']),
    'gateway-2': gateway('gateway-2', gateway2, wires['core-2']),
  };
}

function serviceEnv(wires: Rig['wires'], keys: Record<string, string>): NodeJS.ProcessEnv {
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    RATE_LIMITS: 'off',
    HOLD_SECONDS: '6',
    DRAIN_SECONDS: '0',
    DATABASE_URL: `mysql://app:app@127.0.0.1:${wires.database.port}/rig`,
    REDIS_URL: `redis://127.0.0.1:${wires.redis.port}/0`,
    ...keys,
  };
}

export async function openRig(options: RigOptions = {}): Promise<Rig> {
  const dir = mkdtempSync(join(tmpdir(), 'faults-'));
  const ports = await Promise.all(Array.from({ length: 6 }, freePort));
  const [databasePort = 0, redisPort = 0, ...servicePorts] = ports;
  const [core1 = 0, core2 = 0, gateway1 = 0, gateway2 = 0] = servicePorts;
  const kept = options.dataDirs ?? {};
  const database = await databasePart(dir, databasePort, kept.database);
  const redis = redisPart(dir, redisPort, kept.redis);
  await Promise.all([database.start(), redis.start()]);
  const databaseUrl = `mysql://rig:rig@127.0.0.1:${databasePort}/rig`;
  await migrateUp({ databaseUrl });
  await options.prepareDatabase?.(databaseUrl);

  const wires = {
    database: await wireTo(databasePort),
    redis: await wireTo(redisPort),
    'core-1': await wireTo(core1),
    'core-2': await wireTo(core2),
  };
  mkdirSync(join(dir, 'keys'));
  const keys = prepareKeys(join(dir, 'keys'), {});
  const env = { ...serviceEnv(wires, keys), ...options.env };
  const { nodeArgs } = options;
  if (!nodeArgs) compileServices(join(dir, 'compiled'));
  const services = serviceParts(servicePorts, { dir, wires, env, nodeArgs });
  const parts: Rig['parts'] = { database, redis, ...services };
  const close = async (): Promise<void> => {
    for (const name of partNames.toReversed()) await parts[name].kill();
    for (const wire of Object.values(wires)) await wire.close();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await Promise.all([parts['core-1'].start(), parts['core-2'].start()]);
    await Promise.all([parts['gateway-1'].start(), parts['gateway-2'].start()]);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    gatewayUrls: [gateway1, gateway2].map((port) => `http://127.0.0.1:${port}`),
    databaseUrl,
    redisUrl: `redis://127.0.0.1:${redisPort}/0`,
    accessTokenKeys: String(keys['ACCESS_TOKEN_KEYS']),
    dir,
    parts,
    wires,
    close,
  };
}
