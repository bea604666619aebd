/**
 * `npm run load:native -- <scenario> [--sse]`: the scenarios of `npm run load` without k6, over undici
 * in worker threads; with `--sse` the fans wait by streams of events. Then the audit. Ends with 1 when a limit or an invariant is broken.
 */
import { isMain } from './is-main.ts';
import { driveNative } from './load/native/drive.ts';
import { isScenario, type LoadRun, loadUsage, runLoad } from './load/run-load.ts';

async function main(): Promise<void> {
  const [scenario, ...rest] = process.argv.slice(2);
  const isUsed = rest.every((word) => word === '--sse');
  if (!isScenario(scenario) || !isUsed) throw new Error(loadUsage('load:native', ' [--sse]'));
  const drive = async (run: LoadRun): Promise<void> => void (await driveNative(run));
  const held = await runLoad(scenario, drive, rest.length > 0 ? 'events' : 'polling');
  process.exitCode = held ? 0 : 1;
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
