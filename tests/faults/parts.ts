import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openInspector, runInside } from './inspector.ts';

/** A program that can be hurt and brought back: always the same command on the same port and data. */
export interface Part {
  readonly name: string;
  /** @param env on top of its own, for this time: its clock may be off. */
  start(env?: NodeJS.ProcessEnv): Promise<void>;
  /** At once, as a crash or a lost machine. */
  kill(): Promise<void>;
  /** Asked to end. @returns its exit code */
  stop(): Promise<number | null>;
  /** As a machine that hangs. */
  pause(): void;
  resume(): void;
  isRunning(): boolean;
  /** Runs code in it; of a `node` program. */
  runInside(code: string): Promise<void>;
  /** Resident memory in bytes; 0 when it does not run. */
  residentBytes(): number;
}

export interface PartSpec {
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  logFile: string;
  /** Resolves when it does its work; rejects while it does not. */
  ready: () => Promise<unknown>;
  residentBytes: (pid: number) => number;
}

const tailOf = (file: string): string => readFileSync(file, 'utf8').slice(-2_000);

const readyDeadlineMs = 60_000;
const stopDeadlineMs = 30_000;

export function createPart(spec: PartSpec): Part {
  const { name, command, args, cwd, env, logFile } = spec;
  const log = createWriteStream(logFile, { flags: 'a' });
  let child: ChildProcess | undefined;
  let inspector: string | undefined;
  const isRunning = (): boolean =>
    child !== undefined && child.exitCode === null && child.signalCode === null;
  const signal = (what: NodeJS.Signals): unknown => isRunning() && child?.kill(what);

  async function end(what: NodeJS.Signals): Promise<number | null> {
    const ending = child;
    if (!ending || !isRunning()) return null;
    const exited = once(ending, 'exit');
    ending.kill(what);
    // A paused program hears nothing but SIGKILL.
    if (what !== 'SIGKILL') ending.kill('SIGCONT');
    const late = setTimeout(() => ending.kill('SIGKILL'), stopDeadlineMs);
    const [code] = (await exited) as [number | null];
    clearTimeout(late);
    return code;
  }

  return {
    name,
    async start(more) {
      if (isRunning()) return;
      inspector = undefined;
      const stdio = ['ignore', 'pipe', 'pipe'] as const;
      child = spawn(command, args, { cwd, env: { ...env, ...more }, stdio: [...stdio] });
      child.stdout?.pipe(log, { end: false });
      child.stderr?.pipe(log, { end: false });
      const deadline = performance.now() + readyDeadlineMs;
      for (;;) {
        try {
          return void (await spec.ready());
        } catch (error) {
          if (!isRunning()) throw new Error(`${name} ended at its start:\n${tailOf(logFile)}`);
          if (performance.now() > deadline) throw error;
        }
        await delay(20);
      }
    },
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    pause: () => void signal('SIGSTOP'),
    resume: () => void signal('SIGCONT'),
    isRunning,
    async runInside(code) {
      const pid = child?.pid;
      if (pid === undefined || !isRunning()) throw new Error(`${name} does not run`);
      inspector ??= await openInspector({ pid, logFile });
      await runInside(inspector, code);
    },
    residentBytes: () =>
      child?.pid !== undefined && isRunning() ? spec.residentBytes(child.pid) : 0,
  };
}
