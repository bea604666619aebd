import { expect } from 'chai';
import { createDatabase } from '../../core-api/db/database.ts';
import { weakSettings } from '../../core-api/db/durability.ts';
import { createLogger } from '../../shared/logger.ts';
import { startDatabaseNode } from '../harness/database-node.ts';

describe('core: durability of the database', () => {
  it('is told to be weak when commits are not flushed, and well when they are', async () => {
    const node = await startDatabaseNode({ args: ['--log-bin=log', '--sync-binlog=0'] });
    const database = createDatabase({
      databaseUrl: node.url,
      poolMax: 1,
      acquireTimeoutMs: 5_000,
      statementTimeoutMs: 5_000,
      logger: createLogger({ service: 'test', level: 'silent' }),
    });
    expect(await weakSettings(database)).to.deep.equal([
      'innodb_flush_log_at_trx_commit is 0, not 1',
      'sync_binlog is 0, not 1',
    ]);
    await database.run('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
    await database.run('SET GLOBAL sync_binlog = 1');
    expect(await weakSettings(database)).to.deep.equal([]);
    await database.close();
    await node.kill();
  });
});
