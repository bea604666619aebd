/**
 * `npm run screenshots [-- words]`: every page in both widths, to `screenshots/`, from a sale of its
 * own on throw-away stores. Words choose the shots whose name has one of them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openServices } from './stack/open-services.ts';

const outDir = join(import.meta.dirname, '../screenshots');

async function main(): Promise<void> {
  const stores = await openServices({
    dataDir: process.env['DATA_DIR'] ?? '.data',
    profile: 'throwaway',
    env: process.env,
    log: console.error,
  });
  process.env['TEST_DATABASE_URL'] = stores.databaseUrl;
  process.env['TEST_REDIS_URL'] = stores.redisUrl;
  try {
    mkdirSync(outDir, { recursive: true });
    const { takeScreenshots } = await import('./screenshots/take-screenshots.ts');
    await takeScreenshots({ outDir, words: process.argv.slice(2), log: console.log });
  } finally {
    await stores.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
