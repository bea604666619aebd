import type { StoreKind } from './docker-stores.ts';

const packagesOf: Record<StoreKind, { debian: string; brew: string; title: string; url: string }> =
  {
    database: {
      title: 'MariaDB or MySQL',
      debian: 'mariadb-server',
      brew: 'mariadb',
      url: 'DATABASE_URL=mysql://user:password@host:3306/concert',
    },
    redis: {
      title: 'Redis',
      debian: 'redis-server',
      brew: 'redis',
      url: 'REDIS_URL=redis://host:6379/0',
    },
  };

/** What to do on a machine where a store is missing and we could not get one: exact commands. */
export function missingStoresAdvice(missing: readonly StoreKind[]): string {
  const needed = missing.map((kind) => packagesOf[kind]);
  const titles = needed.map((one) => one.title).join(' and ');
  const debian = needed.map((one) => one.debian).join(' ');
  const brew = needed.map((one) => one.brew).join(' ');
  return [
    `${titles} not found, and not to be had without you. One of these, then the same command again:`,
    `  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y ${debian}`,
    `  macOS:           brew install ${brew}`,
    '  Docker:          start the engine (Docker Desktop, or: sudo systemctl start docker)',
    `  your own:        ${needed.map((one) => one.url).join(' ')}`,
    'Servers of your own account are started and stopped for you; no system service is needed.',
  ].join('\n');
}
