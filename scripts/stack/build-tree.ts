import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** Compiles the tree in `rootDir`: what is measured is what runs in production. */
export async function buildTree(rootDir: string, signal?: AbortSignal): Promise<void> {
  const args = ['--import', 'tsx', join(rootDir, 'scripts/build.ts')];
  const built = await runCommand(process.execPath, args, {
    cwd: rootDir,
    env: process.env,
    ...(signal ? { signal } : {}),
  });
  if (built.code !== 0) throw new Error(`The build failed:\n${built.output}`);
}
