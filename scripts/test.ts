/**
 * `npm test [-- files, --grep words]`: throw-away stores, then every test with mocha, then one
 * closing line that a machine can read.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestCounts } from '../tests/harness/counting-reporter.ts';
import { buildPages } from './pages/build-pages.ts';
import { missingChromium, openChromium } from './stack/chromium.ts';
import { openServices, type Services } from './stack/open-services.ts';
import { watchStopSignals } from './stack/stop-signals.ts';
import { allTestFiles, parseTestRequest, type TestRequest } from './test-files.ts';

const rootDir = join(import.meta.dirname, '..');
/** Tests that look at pages in a browser. */
const browserTests = /^tests\/pages\/.*\.browser\.test\.ts$/;

/** Runs mocha in a process of its own: what a test breaks, the stores are stopped all the same. */
function runMocha(
  request: TestRequest,
  services: Services,
  signal: AbortSignal,
): Promise<TestCounts & { code: number }> {
  const env = {
    ...process.env,
    // A test that reads these by mistake must not find somebody's real stores.
    DATABASE_URL: undefined,
    REDIS_URL: undefined,
    NODE_ENV: 'test',
    TEST_FILES: JSON.stringify(
      request.files.map((file) => pathToFileURL(join(rootDir, file)).href),
    ),
    TEST_DATABASE_URL: services.databaseUrl,
    TEST_REDIS_URL: services.redisUrl,
  };
  const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
  const args = ['--import', 'tsx', mocha, ...request.options, 'tests/harness/load-tests.mjs'];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: rootDir,
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let counts: TestCounts = { passed: 0, failed: 0 };
    child.on('message', (message) => {
      counts = message as TestCounts;
    });
    signal.addEventListener('abort', () => child.kill('SIGKILL'));
    child.on('exit', (code) => resolve({ ...counts, code: code ?? 1 }));
  });
}

/**
 * What the pages' tests need: the pages built, and a browser. Without one their files are left out
 * and that is said; on CI it is a failure.
 */
async function preparePages(request: TestRequest): Promise<TestRequest> {
  await buildPages();
  if (!request.files.some((file) => browserTests.test(file))) return request;
  const { env } = process;
  if ((await openChromium({ env, log: console.error })) !== undefined) return request;
  if (env['CI']) throw new Error(missingChromium);
  const files = request.files.filter((file) => !browserTests.test(file));
  console.error(`\nSKIPPED: ${request.files.length - files.length} files. ${missingChromium}\n`);
  return { ...request, files };
}

async function main(): Promise<void> {
  const asked = parseTestRequest(process.argv.slice(2), allTestFiles(rootDir), rootDir);
  if (asked.unknown.length > 0) throw new Error(`No test file: ${asked.unknown.join(', ')}`);
  const request = await preparePages(asked);
  const signals = watchStopSignals({
    onImpatient: () => process.exit(130),
    endsWithParent: process.env.npm_lifecycle_event !== undefined,
  });
  const { signal } = signals;
  const services = await openServices({
    dataDir: process.env.DATA_DIR ?? '.data',
    profile: 'throwaway',
    env: process.env,
    log: console.error,
    signal,
    onUnexpectedExit: console.error,
  });
  const result = await runMocha(request, services, signal).finally(() => services.stop());
  signals.dispose();
  // A crash before or after the tests (a broken import, a leak) is a failure too.
  const crashed = result.code !== 0 && result.failed === 0 ? 1 : 0;
  const failed = result.failed + crashed;
  if (crashed) console.error(`The test process ended with exit code ${result.code}.`);
  process.exitCode = failed === 0 && result.passed > 0 ? 0 : 1;
  console.log(`\n${result.passed} passed, ${failed} failed`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
