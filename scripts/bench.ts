import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMain } from './is-main.ts';

/** Each prints one table of our figures beside a yardstick of the same run. */
const benches = ['forward', 'sales'] as const;

/** `npm run bench [-- forward | sales]`: all of them, or those named, one after another. */
async function main(): Promise<void> {
  const named = process.argv.slice(2);
  const unknown = named.filter((name) => !benches.some((bench) => bench === name));
  if (unknown.length > 0) {
    throw new Error(`No such bench: ${unknown.join(', ')}. There are: ${benches.join(', ')}`);
  }
  for (const bench of benches.filter((name) => named.length === 0 || named.includes(name))) {
    const file = fileURLToPath(new URL(`bench/${bench}.ts`, import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', file], { stdio: 'inherit' });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`The bench ${bench} failed`);
  }
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
