import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/stack/free-port.ts';
import { findRedisBinary } from '../../scripts/stack/redis-server.ts';

/** A server of one test alone, that keeps nothing unless it is told to. */
export interface RedisProcess {
  port: number;
  /** As a crash would, for good. */
  kill(): Promise<void>;
  /** The same, and what it has written stays for a restart. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  /** As a machine that hangs. */
  pause(): void;
  resume(): void;
}

async function started(child: ChildProcess): Promise<void> {
  for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? [])
    if (/eady to accept|Sentinel ID|\+monitor/.test(String(chunk))) return;
  throw new Error('redis-server ended while it started');
}

async function run(port: number, args: string[], dir: string): Promise<RedisProcess> {
  const command = findRedisBinary((process.env['PATH'] ?? '').split(':')) ?? 'redis-server';
  let child: ChildProcess;
  const restart = async (): Promise<void> => {
    child = spawn(command, args, { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
    await started(child);
    child.stdout?.resume();
  };
  const crash = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  await restart();
  return {
    port,
    crash,
    restart,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async kill() {
      await crash();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const newDir = (): string => mkdtempSync(join(tmpdir(), 'redis-'));

/** @param options as on the command line, without the dashes. */
export async function startRedis(
  options: Record<string, string> = {},
  port?: number,
): Promise<RedisProcess> {
  const at = port ?? (await freePort());
  const all = { port: at, bind: '127.0.0.1', save: '', appendonly: 'no', ...options };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, ...words(value)]);
  return run(at, args, newDir());
}

const words = (value: string | number): string[] =>
  value === '' ? [''] : String(value).split(' ');

/** Watches the primary at `primaryPort`, as `line`; one sentinel decides alone. */
export async function startSentinel(primaryPort: number): Promise<RedisProcess> {
  const port = await freePort();
  const dir = newDir();
  const file = join(dir, 'sentinel.conf');
  writeFileSync(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `sentinel monitor line 127.0.0.1 ${primaryPort} 1`,
      'sentinel down-after-milliseconds line 500',
      'sentinel failover-timeout line 3000',
      '',
    ].join('\n'),
  );
  return run(port, [file, '--sentinel'], dir);
}
