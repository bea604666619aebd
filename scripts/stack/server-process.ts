import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readIfThere, readJsonIfThere, writePrivateFile } from './files.ts';
import { endProcess, identify, isProcessIdentity, signalProcess } from './process-identity.ts';

export interface ServerSpec {
  /** As people call it in messages. */
  name: string;
  command: string;
  args: readonly string[];
  /** The server's own folder, for its log and its process file. */
  dir: string;
  env?: NodeJS.ProcessEnv;
  /** The folder it runs in, unless its own. */
  cwd?: string;
  /** Gets what the server writes, instead of `server.log` in its folder. */
  onOutput?: (text: string) => void;
  /** A server whose data nobody needs: it is killed rather than asked, its folder removed. */
  disposable: boolean;
  /** How long it may take to end when it is asked to, before it is killed. */
  stopGraceMs?: number;
  onUnexpectedExit?: (message: string) => void;
}

export interface ServerProcess {
  pid: number;
  hasExited(): boolean;
  /** The last lines it wrote, for a message about why it did not work. */
  logTail(): string;
  stop(): Promise<void>;
}

const defaultStopGraceMs = 20_000;

/**
 * When we are killed with no chance to clean up, the write end of this pipe closes and `read`
 * returns: then the server goes too, instead of running on for nobody.
 */
const guardScript = `trap '' INT TERM HUP
read -r _
tries=0
if [ "$2" = "" ]; then
  kill -TERM "$1"
  while kill -0 "$1" && [ $tries -lt 200 ]; do sleep 0.1; tries=$((tries + 1)); done
fi
kill -KILL "$1"
if [ "$2" != "" ]; then
  sleep 0.2
  rm -rf "$2"
  rmdir "\${2%/*}"
fi`;

function startGuard(spec: ServerSpec, pid: number): ChildProcess {
  const disposableDir = spec.disposable ? spec.dir : '';
  const args = ['-c', guardScript, 'guard', String(pid), disposableDir];
  const guard = spawn('/bin/sh', args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guard.on('error', () => undefined);
  guard.unref();
  return guard;
}

function processFile(dir: string): string {
  return join(dir, 'process.json');
}

/** Ends the server that a killed run left on this folder, if it is still the one we started. */
export async function endLeftOver(dir: string): Promise<boolean> {
  const known = readJsonIfThere(processFile(dir), isProcessIdentity);
  if (known === undefined || identify(known.pid)?.startedAt !== known.startedAt) return false;
  await endProcess(known, defaultStopGraceMs);
  rmSync(processFile(dir), { force: true });
  return true;
}

/**
 * Starts a server as our child, in its own process group: a Ctrl-C on the terminal is for us, and
 * the stores go last.
 */
export async function startServer(spec: ServerSpec): Promise<ServerProcess> {
  await endLeftOver(spec.dir);
  const child = spawnServer(spec);
  const pid = await spawned(child, spec.name);
  const identity = identify(pid);
  if (identity !== undefined) writePrivateFile(processFile(spec.dir), JSON.stringify(identity));
  const guard = startGuard(spec, pid);

  let isStopping = false;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      guard.kill('SIGKILL');
      rmSync(processFile(spec.dir), { force: true });
      const how = signal ?? `exit code ${code}`;
      const seen = spec.onOutput === undefined ? `; see ${logFileOf(spec)}` : '';
      if (!isStopping) spec.onUnexpectedExit?.(`${spec.name} ended by itself (${how})${seen}`);
      resolve();
    });
  });
  return {
    pid,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    logTail: () => (readIfThere(logFileOf(spec)) ?? '').trimEnd().split('\n').slice(-12).join('\n'),
    stop: async () => {
      isStopping = true;
      await endChild(child, exited, spec.disposable ? 0 : (spec.stopGraceMs ?? defaultStopGraceMs));
    },
  };
}

function logFileOf(spec: ServerSpec): string {
  return join(spec.dir, 'server.log');
}

function spawnServer(spec: ServerSpec): ChildProcess {
  const options = { cwd: spec.cwd ?? spec.dir, env: spec.env, detached: true };
  const { onOutput } = spec;
  if (onOutput !== undefined) {
    const child = spawn(spec.command, spec.args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', onOutput);
    }
    return child;
  }
  const log = openSync(logFileOf(spec), 'a', 0o600);
  const child = spawn(spec.command, spec.args, { ...options, stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}

function spawned(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid ?? 0));
    child.once('error', (cause) => reject(new Error(`${name} could not be started`, { cause })));
  });
}

async function endChild(
  child: ChildProcess,
  exited: Promise<void>,
  graceMs: number,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const pid = child.pid ?? 0;
  if (graceMs === 0) {
    signalProcess(pid, 'SIGKILL');
    return exited;
  }
  signalProcess(pid, 'SIGTERM');
  const timer = setTimeout(() => signalProcess(pid, 'SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
}

export interface ReadyOptions {
  deadlineMs: number;
  signal?: AbortSignal;
}

/** Waits until `probe` succeeds; fails with the server's last words when it ends or is too slow. */
export async function waitUntilReady(
  server: ServerProcess,
  name: string,
  probe: () => Promise<void>,
  options: ReadyOptions,
): Promise<void> {
  const deadline = Date.now() + options.deadlineMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const failure = await probe().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) return;
    const isLate = Date.now() > deadline;
    if (isLate || server.hasExited()) {
      const what = isLate ? 'did not become ready' : 'ended while starting';
      throw new Error(`${name} ${what}. Its last words:\n${server.logTail()}`, { cause: failure });
    }
    await sleep(50);
  }
}
