import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { emptySchema } from '../harness/empty-schema.ts';
import { eventually } from '../harness/eventually.ts';
import { freshNamespace } from '../harness/fresh-namespace.ts';

describe('the test harness', () => {
  it('gives every caller a schema of its own and takes it away', async () => {
    const [one, two] = [await emptySchema(), await emptySchema()];
    expect(one.databaseUrl).not.to.equal(two.databaseUrl);
    const connection = await createConnection(one.databaseUrl);
    await connection.query('CREATE TABLE t (id INT PRIMARY KEY)');
    await connection.end();
    await one.drop();
    await two.drop();
    const failure = await createConnection(one.databaseUrl).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(failure).to.equal('ER_BAD_DB_ERROR');
  });

  it('clears its own Redis namespace and no other', async () => {
    const [one, two] = [freshNamespace(), freshNamespace()];
    const redis = new Redis(one.redisUrl);
    await redis.mset(`${one.namespace}a`, '1', `${one.namespace}b`, '2', `${two.namespace}a`, '3');
    await one.clear();
    const left = await redis.mget(`${one.namespace}a`, `${one.namespace}b`, `${two.namespace}a`);
    await two.clear();
    await redis.quit();
    expect(left).to.deep.equal([null, null, '3']);
  });

  it('waits for a condition and shows the last failure when it never comes', async () => {
    let calls = 0;
    const value = await eventually(() => {
      calls += 1;
      if (calls < 3) throw new Error('not yet');
      return calls;
    });
    expect(value).to.equal(3);
    const failure = await eventually(() => expect(1).to.equal(2), { deadlineMs: 50 }).catch(String);
    expect(failure).to.include('expected 1 to equal 2');
  });
});
