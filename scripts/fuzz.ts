/**
 * `npm run fuzz -- --requests 20000 --seed 1`: the public calls by the document alone, right ones
 * and ones with one thing wrong, through both services on stores of their own (or on `DATABASE_URL`
 * and `REDIS_URL`), then the audit. Prints the seed: the same one makes the same calls. Ends with 1
 * when an answer is not documented, or an invariant does not hold.
 */
import { randomInt } from 'node:crypto';
import { startStack } from '../tests/harness/stack.ts';
import { type FuzzResult, runFuzz } from '../tests/fuzz/run-fuzz.ts';
import { isMain } from './is-main.ts';
import { numberOption } from './options.ts';
import { openServices } from './stack/open-services.ts';

const seedMax = 999_999_999;

function print({ statuses, faults }: FuzzResult): void {
  for (const [name, counts] of [...statuses].sort()) {
    const words = [...counts].sort().map(([status, count]) => `${status} × ${count}`);
    console.log(`  ${name.padEnd(20)} ${words.join(', ')}`);
  }
  for (const [fault, example] of faults) console.error(`\n${fault}\n${example}`);
}

async function main(): Promise<void> {
  const { argv, env } = process;
  const whole = { min: 1, max: 10_000_000 };
  const requests = numberOption(argv, '--requests', { fallback: 20_000, ...whole });
  const seed = numberOption(argv, '--seed', {
    fallback: randomInt(seedMax),
    ...whole,
    max: seedMax,
  });
  console.log(`npm run fuzz -- --requests ${requests} --seed ${seed}`);
  const stores = await openServices({
    dataDir: '.data',
    profile: 'throwaway',
    env,
    log: console.error,
    onUnexpectedExit: console.error,
  });
  // The harness of the tests takes its stores from here.
  env['TEST_DATABASE_URL'] = stores.databaseUrl;
  env['TEST_REDIS_URL'] = stores.redisUrl;
  try {
    const stack = await startStack();
    const startedAt = performance.now();
    const onProgress = (done: number): void => console.error(`${done} requests`);
    const result = await runFuzz({ stack, requests, seed, onProgress });
    print(result);
    const violations = await stack.violations();
    for (const violation of violations) console.error(JSON.stringify(violation));
    await stack.close();
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    const counts = `${result.faults.size} faults, ${violations.length} invariants violated`;
    console.log(`${result.requests} requests in ${seconds} s, ${counts}, seed ${seed}`);
    process.exitCode = result.faults.size + violations.length === 0 ? 0 : 1;
  } finally {
    await stores.stop();
  }
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
