import type { Database } from '../db/database.ts';
import { pendingMigrations } from '../db/migrate.ts';

export type Check = 'ok' | 'down';

export interface Health {
  status: Check;
  checks: Record<string, Check>;
}

export interface HealthService {
  /** Can requests be served? Never throws, and answers within the check's time limit. */
  ready(): Promise<Health>;
}

export interface HealthServiceDeps {
  database: Pick<Database, 'rows'>;
  /** Do the lock nodes answer? */
  pingRedis: () => Promise<unknown>;
  /** Whether the core refuses to sell without locks. */
  needsRedis: boolean;
  isClosing: () => boolean;
}

const checkTimeoutMs = 2_000;

export function createHealthService(deps: HealthServiceDeps): HealthService {
  const { database, pingRedis, needsRedis, isClosing } = deps;
  let migrated = false;

  /** A schema that was complete once does not lose a migration while we run. */
  async function checkMigrations(): Promise<void> {
    if (migrated) return;
    const pending = await pendingMigrations(database);
    if (pending.length > 0) throw new Error(`${pending.length} migrations to apply`);
    migrated = true;
  }

  return {
    ready: async () => {
      const [mysql, migrations, redis] = await Promise.all([
        check(() => database.rows('SELECT 1')),
        check(checkMigrations),
        check(pingRedis),
      ]);
      const needed = [mysql, migrations, ...(needsRedis ? [redis] : [])];
      const isReady = !isClosing() && needed.every((result) => result === 'ok');
      return { status: isReady ? 'ok' : 'down', checks: { mysql, migrations, redis } };
    },
  };
}

async function check(work: () => Promise<unknown>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Check>((resolve) => {
    timer = setTimeout(() => resolve('down'), checkTimeoutMs);
  });
  const result = work().then(
    (): Check => 'ok',
    (): Check => 'down',
  );
  try {
    return await Promise.race([result, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
