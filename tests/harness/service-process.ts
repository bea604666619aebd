import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { patience } from './patience.ts';

/** A service as it is run in earnest: a process of its own, by its `main.ts`. */
export interface ServiceProcess {
  child: ChildProcess;
  url: string;
  /** The JSON lines it has logged. */
  log: LogLine[];
  signal(name: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it. */
  exited: Promise<number | NodeJS.Signals | null>;
  /** Kills it when it is still there. */
  end(): Promise<void>;
}

export interface LogLine {
  msg: string;
  pid: number;
  worker?: number;
  url?: string;
  [member: string]: unknown;
}

const rootDir = join(import.meta.dirname, '../..');

function collectLines(child: ChildProcess, lines: LogLine[], other: string[]): void {
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      if (part.startsWith('{')) lines.push(JSON.parse(part) as LogLine);
      else other.push(part);
    }
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => other.push(text));
}

/** Resolves when as many processes listen as `WEB_CONCURRENCY` says. */
export async function startServiceProcess(
  main: 'core-api/main.ts' | 'queue-gateway/main.ts',
  env: Record<string, string>,
): Promise<ServiceProcess> {
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), join(rootDir, main)],
    {
      cwd: rootDir,
      env: { PATH: process.env['PATH'], NODE_ENV: 'test', LOG_LEVEL: 'info', ...patience, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const log: LogLine[] = [];
  const other: string[] = [];
  collectLines(child, log, other);
  const exited = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal)),
  );
  const closed = new Promise((resolve) => child.once('close', resolve));
  const listening = (): LogLine[] => log.filter(({ msg }) => msg === 'listening');
  const wanted = Number(env['WEB_CONCURRENCY'] ?? 1);
  const isUp = await eventually(
    () => {
      if (child.exitCode !== null || child.signalCode !== null) return false;
      if (listening().length < wanted) throw new Error(`${main} does not listen`);
      return true;
    },
    { deadlineMs: 40_000 },
  );
  if (!isUp) {
    await closed;
    throw new Error(`${main} ended: ${other.join('')}`);
  }
  return {
    child,
    url: String(listening()[0]?.url),
    log,
    signal: (name) => void child.kill(name),
    exited,
    end: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
