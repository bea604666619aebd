import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process as written to a file: the number alone is used again by the system sooner or later. */
export interface ProcessIdentity {
  pid: number;
  /** When it was started, in the words of this system. */
  startedAt: string;
}

/** What tells this process from any other that has or had its number; undefined when it is gone. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : startFromPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; the fields after it do not (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    if (state === 'Z' || state === 'X') return undefined;
    return `${bootId()} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** The start time counts from boot, so the same number after a restart is another process. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown-boot';
  }
}

function startFromPs(pid: number): string | undefined {
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return started === '' ? undefined : started;
  } catch {
    return undefined;
  }
}

export function isStillRunning(known: ProcessIdentity): boolean {
  return identify(known.pid)?.startedAt === known.startedAt;
}

/** Sends a signal; a process that is gone already is what the caller wants anyway. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const killDeadlineMs = 5_000;

/** Asks politely, waits at most `graceMs`, then kills. */
export async function endProcess(known: ProcessIdentity, graceMs: number): Promise<void> {
  if (!isStillRunning(known)) return;
  signalProcess(known.pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (isStillRunning(known)) {
    const lateMs = Date.now() - deadline;
    if (lateMs > killDeadlineMs) throw new Error(`Process ${known.pid} does not end`);
    if (lateMs > 0) signalProcess(known.pid, 'SIGKILL');
    await sleep(25);
  }
}

export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  const record = value as Partial<ProcessIdentity> | null;
  return typeof record?.pid === 'number' && typeof record.startedAt === 'string';
}
