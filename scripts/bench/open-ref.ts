import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../stack/run-command.ts';

/** A commit checked out beside this tree, with its packages. */
export interface RefTree {
  dir: string;
  /** Short. */
  commit: string;
  close(): Promise<void>;
}

export interface OpenRefOptions {
  /** A tree of the same repository. */
  rootDir: string;
  ref: string;
  log: (line: string) => void;
  signal?: AbortSignal;
}

/** @throws Error when there is no such commit, or its packages cannot be installed. */
export async function openRef({ rootDir, ref, log, signal }: OpenRefOptions): Promise<RefTree> {
  const run = (command: string, args: string[], cwd: string) =>
    runCommand(command, args, { cwd, env: process.env, ...(signal ? { signal } : {}) });
  const found = await run('git', ['rev-parse', '--short', '--verify', `${ref}^{commit}`], rootDir);
  if (found.code !== 0) throw new Error(`No such commit: ${ref}`);
  const commit = found.output.trim();
  const parent = mkdtempSync(join(tmpdir(), 'bench-ref-'));
  const dir = join(parent, 'tree');
  const close = async (): Promise<void> => {
    // Not by `run`: it has to happen after a Ctrl-C, too.
    await runCommand('git', ['worktree', 'remove', '--force', dir], { cwd: rootDir });
    rmSync(parent, { recursive: true, force: true });
  };
  try {
    const added = await run('git', ['worktree', 'add', '--detach', dir, commit], rootDir);
    if (added.code !== 0) throw new Error(`git worktree add: ${added.output.trim()}`);
    const lockOf = (tree: string): string => readFileSync(join(tree, 'package-lock.json'), 'utf8');
    if (lockOf(dir) === lockOf(rootDir)) {
      symlinkSync(realpathSync(join(rootDir, 'node_modules')), join(dir, 'node_modules'), 'dir');
    } else {
      log(`${commit} has other packages: installing them (npm ci) ...`);
      const installed = await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], dir);
      if (installed.code !== 0) throw new Error(`npm ci: ${installed.output.trim()}`);
    }
    return { dir, commit, close };
  } catch (error) {
    await close();
    throw error;
  }
}
