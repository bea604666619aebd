import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { openServices, type Services } from '../../scripts/stack/open-services.ts';
import type { StoreProfile } from '../../scripts/stack/mysql-options.ts';
import { tempDir, type TempDir } from './temp-dir.ts';

const startTimeoutMs = 60_000;

describe('stores of our own', function () {
  this.timeout(startTimeoutMs);
  let dir: TempDir;

  beforeEach(() => {
    dir = tempDir();
  });
  afterEach(() => dir.remove());

  function open(profile: StoreProfile, fresh = false): Promise<Services> {
    const { PATH } = process.env;
    return openServices({
      dataDir: join(dir.path, 'a data folder'),
      profile,
      env: { PATH },
      fresh,
      log: () => undefined,
    });
  }

  async function query(services: Services, sql: string): Promise<unknown> {
    const connection = await createConnection(services.databaseUrl);
    const [rows] = await connection.query(sql);
    await connection.end();
    return rows;
  }

  it('keep what was written over a restart, and forget it when asked to', async () => {
    const first = await open('durable');
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const redis = new Redis(first.redisUrl);
    await redis.set('kept', '42');
    await redis.quit();
    await first.stop();

    const second = await open('durable');
    const again = new Redis(second.redisUrl);
    const kept = [await query(second, 'SELECT answer FROM kept'), await again.get('kept')];
    await again.quit();
    await second.stop();
    expect(kept).to.deep.equal([[{ answer: 42 }], '42']);

    const third = await open('durable', true);
    const tables = await query(third, 'SHOW TABLES');
    await third.stop();
    expect(tables).to.deep.equal([]);
  });

  it('behave the same whatever the defaults of the server are', async () => {
    const services = await open('throwaway');
    const rows = await query(
      services,
      'SELECT @@character_set_database AS charset, @@innodb_lock_wait_timeout AS lockWaitSeconds, ' +
        '@@time_zone AS zone, @@max_connections AS connections, @@log_bin AS log',
    );
    const isolation = await query(services, "SHOW VARIABLES LIKE 't%_isolation'");
    const redis = new Redis(services.redisUrl);
    const policy = await redis.config('GET', 'maxmemory-policy');
    await redis.quit();
    await services.stop();
    expect(rows).to.deep.equal([
      { charset: 'utf8mb4', lockWaitSeconds: 3, zone: '+00:00', connections: 300, log: 0 },
    ]);
    expect(JSON.stringify(isolation)).to.include('READ-COMMITTED');
    expect(policy).to.deep.equal(['maxmemory-policy', 'noeviction']);
  });

  it('let nobody in without the password', async () => {
    const services = await open('throwaway');
    const url = new URL(services.databaseUrl);
    const tries = ['root', 'concert', ''].map((user) =>
      createConnection({ host: url.hostname, port: Number(url.port), user }).then(
        () => 'let in',
        (error: NodeJS.ErrnoException) => error.code?.slice(0, 'ER_ACCESS_DENIED'.length),
      ),
    );
    const answers = await Promise.all(tries);
    const redis = new Redis({ port: Number(new URL(services.redisUrl).port), lazyConnect: true });
    redis.on('error', () => undefined);
    const redisAnswer = await redis.get('x').catch(String);
    redis.disconnect();
    await services.stop();
    expect(answers).to.deep.equal(answers.map(() => 'ER_ACCESS_DENIED'));
    expect(redisAnswer).to.include('NOAUTH');
  });

  it('refuse a data folder that a living process owns', async () => {
    const first = await open('durable');
    const failure = await open('durable').catch((error: Error) => error.message);
    await first.stop();
    expect(failure).to.include('is in use by process').and.to.include('DATA_DIR');
    expect(existsSync(join(dir.path, 'a data folder', 'owner.json'))).to.equal(false);
  });
});
