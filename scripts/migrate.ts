/**
 * `npm run migrate [-- down]`: brings the schema up to date, or takes every table away. Works on
 * `DATABASE_URL`, or on the stack that runs on this `DATA_DIR`.
 */
import { migrateDown, migrateUp } from '../core-api/db/migrate.ts';
import { isMain } from './is-main.ts';
import { databaseUrlOf } from './stack/database-url.ts';

const usage = 'Usage: npm run migrate [-- down]';

async function main(): Promise<void> {
  const [direction = 'up', ...rest] = process.argv.slice(2);
  if (rest.length > 0 || !['up', 'down'].includes(direction)) throw new Error(usage);
  const databaseUrl = databaseUrlOf(process.env);
  const migrate = direction === 'up' ? migrateUp : migrateDown;
  const done = await migrate({ databaseUrl, log: console.log });
  console.log(done.length === 0 ? 'Nothing to do.' : `${done.length} migrations, ${direction}.`);
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
