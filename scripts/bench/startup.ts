/**
 * From the start of a process to the first answer that says ready, compiled and configured as in
 * production, on stores that run already; beside Node with nothing to load. `npm run bench -- startup`
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { migrateUp } from '../../core-api/db/migrate.ts';
import { generatePrivateJwk, generateSecretJwk } from '../../shared/keys.ts';
import { isMain } from '../is-main.ts';
import { freePort } from '../stack/free-port.ts';
import { prepareKeys } from '../stack/key-files.ts';
import { openServices } from '../stack/open-services.ts';
import { choosePorts, serviceEnv } from '../stack/service-env.ts';
import { lowerQuartile, median, round, spreadPercent, table } from './figures.ts';
import { cpuMicrosOf } from './process-cpu.ts';
import { scaled } from './scale.ts';
import { turns } from './turns.ts';

const rounds = scaled(15, 5);
const deadlineMs = 30_000;
const askEveryMs = 5;

interface Start {
  readyMs: number;
  cpuMs: number;
  rssMb: number;
}

/** VmRSS of proc(5). */
const rssMbOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

async function isReady(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url);
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

async function startOnce(child: ChildProcess, ready: () => Promise<unknown>): Promise<Start> {
  const startedAt = performance.now();
  try {
    await ready();
    const pid = child.pid ?? 0;
    return {
      readyMs: performance.now() - startedAt,
      cpuMs: cpuMicrosOf(pid) / 1_000,
      rssMb: rssMbOf(pid),
    };
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

const nothing = (): Promise<Start> => {
  const code = 'process.stdout.write("ready"); setInterval(() => {}, 1000)';
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  return startOnce(child, () => once(child.stdout, 'data'));
};

const spawnService = (file = '', env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(process.execPath, [join(import.meta.dirname, '../..', file)], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });

async function untilReady(port: number): Promise<void> {
  const endsAt = performance.now() + deadlineMs;
  while (!(await isReady(`http://127.0.0.1:${port}/health/ready`))) {
    if (performance.now() > endsAt) throw new Error(`nothing was ready on ${port} in time`);
    await sleep(askEveryMs);
  }
}

const service = (file: string | undefined, port: number, env: NodeJS.ProcessEnv): Promise<Start> =>
  startOnce(spawnService(file, env), () => untilReady(port));

/** Stores that run, a database that is migrated, and the environment of both services. */
async function openGround() {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-'));
  const stores = await openServices({
    dataDir,
    profile: 'durable',
    env: { PATH: process.env['PATH'] },
    log: () => undefined,
  });
  await migrateUp({ databaseUrl: stores.databaseUrl });
  const own = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    GATEWAY_PORT: '0',
    CORE_PORT: '0',
    TICKET_KEYS: JSON.stringify({ keys: [generatePrivateJwk()] }),
    PAYMENT_PROVIDER: 'webhook',
    PAYMENT_WEBHOOK_KEYS: JSON.stringify({ keys: [generateSecretJwk()] }),
  };
  const ports = await choosePorts(own);
  const keys = prepareKeys(join(dataDir, 'keys'), {});
  return {
    ports,
    env: { PATH: process.env['PATH'], ...serviceEnv(own, { ...ports, ...stores, keys }) },
    close: async () => {
      await stores.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export async function benchStartup(): Promise<string> {
  const { ports, env, close } = await openGround();
  const [core, gateway] = ['core-api', 'queue-gateway'].map((name) => `${name}/main.js`);
  // The gateway is ready when the core is; this one is there all the time, the others come and go.
  const standing = spawnService(core, env);
  const otherPort = await freePort();
  const contestants: [string, () => Promise<Start>][] = [
    ['Node with nothing to load', nothing],
    ['core', () => service(core, otherPort, { ...env, CORE_PORT: String(otherPort) })],
    ['gateway', () => service(gateway, ports.gatewayPort, env)],
  ];
  try {
    await untilReady(ports.corePort);
    const starts = contestants.map((): Start[] => []);
    for (const { round: at, which, one } of turns(contestants, rounds + 1)) {
      const [, start] = one;
      const found = await start();
      // The first of each finds nothing in the cache of the file system.
      if (at > 0) starts[which]?.push(found);
    }
    const rows = contestants.map(([name], which) => {
      const of = (figure: keyof Start) => (starts[which] ?? []).map((one) => one[figure]);
      return [
        name,
        round(median(of('readyMs'))),
        spreadPercent(of('readyMs')),
        round(lowerQuartile(of('cpuMs'))),
        round(median(of('rssMb'))),
      ];
    });
    return table(['process', 'ready after ms', 'spread %', 'CPU ms', 'MB then'], rows);
  } finally {
    standing.kill('SIGKILL');
    await close();
  }
}

if (isMain(import.meta.url)) console.log(await benchStartup());
