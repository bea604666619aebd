/**
 * `npm run typecheck`: what runs in Node, in the browser and in k6, each with its own types. What was
 * found right before and has not changed is not read again.
 */
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { runCommand } from './stack/run-command.ts';

const rootDir = join(import.meta.dirname, '..');
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

for (const project of ['.', 'queue-gateway/pages/client', 'scripts/k6']) {
  const known = join(rootDir, 'node_modules/.cache/typecheck', `${basename(project)}.json`);
  const checked = await runCommand(
    process.execPath,
    [tsc, '--noEmit', '--incremental', '--tsBuildInfoFile', known, '-p', project],
    { cwd: rootDir },
  );
  if (checked.code === 0) continue;
  console.error(checked.output.trimEnd());
  process.exitCode = 1;
}
