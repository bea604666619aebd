/**
 * `npm run load -- <scenario> [k6 options]`: fans by k6 against the stack that runs on this
 * `DATA_DIR`, or one of its own; then the audit. Ends with 1 when a limit or an invariant is broken.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { isMain } from './is-main.ts';
import { findK6, k6Advice } from './load/find-k6.ts';
import { isScenario, type LoadRun, loadUsage, runLoad } from './load/run-load.ts';

const scriptsDir = import.meta.dirname;

/**
 * No collecting until half of the memory is taken: a collection of k6 takes both of two cores for
 * most of a second, and a join that falls into it is measured with it.
 */
const collecting = {
  GOGC: 'off',
  GOMEMLIMIT: `${Math.round(totalmem() / 2 / 1_048_576)}MiB`,
};

async function driveByK6(run: LoadRun, options: readonly string[]): Promise<void> {
  const k6 = findK6(process.env, [scriptsDir, dirname(run.setupFile)]);
  if (!k6) throw new Error(k6Advice);
  const told = [
    ['LOAD_SETUP', run.setupFile],
    ['LOAD_SUMMARY', run.summaryFile],
  ].flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const script = join(scriptsDir, 'k6', `${run.plan.scenario}.ts`);
  const child = spawn(
    k6.command,
    [...k6.args, 'run', '--no-usage-report', ...told, ...options, script],
    { stdio: 'inherit', env: { ...collecting, ...process.env, K6_NO_USAGE_REPORT: 'true' } },
  );
  run.signal.addEventListener('abort', () => child.kill('SIGINT'));
  const [code] = (await once(child, 'exit')) as [number | null];
  // 99: a threshold was crossed. 108: a breakpoint has found its knee. The summary tells it as well.
  if (code !== 0 && code !== 99 && code !== 108) throw new Error(`k6 ended with ${code}`);
}

async function main(): Promise<void> {
  const [scenario, ...options] = process.argv.slice(2);
  if (!isScenario(scenario)) throw new Error(loadUsage('load', ' [k6 options]'));
  if (!findK6(process.env, [])) throw new Error(k6Advice);
  const held = await runLoad(scenario, (run) => driveByK6(run, options));
  process.exitCode = held ? 0 : 1;
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
