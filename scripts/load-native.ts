/**
 * `npm run load:native -- <scenario>`: the scenarios of `npm run load` without k6, over undici in
 * worker threads. Then the audit. Ends with 1 when a limit or an invariant is broken.
 */
import { isMain } from './is-main.ts';
import { driveNative } from './load/native/drive.ts';
import { isScenario, loadUsage, runLoad } from './load/run-load.ts';

async function main(): Promise<void> {
  const [scenario, ...rest] = process.argv.slice(2);
  if (!isScenario(scenario) || rest.length > 0) throw new Error(loadUsage('load:native'));
  const held = await runLoad(scenario, async (run) => {
    await driveNative(run);
  });
  process.exitCode = held ? 0 : 1;
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
