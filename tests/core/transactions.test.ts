import { expect } from 'chai';
import { createDatabase, type Database } from '../../core-api/db/database.ts';
import { createLogger } from '../../shared/logger.ts';
import { Problem } from '../../shared/problems.ts';
import { emptySchema, type TestSchema } from '../harness/empty-schema.ts';
import { eventually } from '../harness/eventually.ts';
import { createTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts';
import { openSaleWorld, reservationIds, times } from './sale-world.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof Problem) return error.code;
      throw error;
    },
  );

describe('core: transactions', () => {
  let schema: TestSchema;
  let wire: TcpProxy;
  let database: Database;
  const open = (options: { poolMax?: number; statementTimeoutMs?: number } = {}) => {
    const url = new URL(schema.databaseUrl);
    url.host = `127.0.0.1:${wire.port}`;
    return createDatabase({
      databaseUrl: url.href,
      poolMax: 10,
      acquireTimeoutMs: 8_000,
      statementTimeoutMs: 8_000,
      logger,
      ...options,
    });
  };
  const values = () => database.rows<{ v: number }>('SELECT v FROM t ORDER BY id');

  before(async () => {
    schema = await emptySchema();
    const url = new URL(schema.databaseUrl);
    wire = await createTcpProxy({ host: url.hostname, port: Number(url.port) });
    database = open();
    await database.run('CREATE TABLE t (id INT PRIMARY KEY, v INT NOT NULL) ENGINE=InnoDB');
  });
  beforeEach(async () => {
    await database.run('DELETE FROM t');
    await database.run('INSERT INTO t VALUES (1, 0), (2, 0)');
  });
  after(async () => {
    await database.close();
    await wire.close();
    await schema.drop();
  });

  it('run at READ COMMITTED, in UTC, with a short wait for rows', async () => {
    // MySQL and MariaDB have different names for the isolation.
    const rows = await database.rows<{ Value: string }>(
      `SHOW SESSION VARIABLES WHERE Variable_name IN
         ('tx_isolation', 'transaction_isolation', 'time_zone', 'innodb_lock_wait_timeout')`,
    );
    expect(new Set(rows.map(({ Value }) => Value))).to.deep.equal(
      new Set(['2', '+00:00', 'READ-COMMITTED']),
    );
  });

  it('win in the end when they deadlock, and nobody reads errno 1213', async () => {
    const add = (first: number, second: number) =>
      database.transaction(async (tx) => {
        await tx.run('UPDATE t SET v = v + 1 WHERE id = ?', [first]);
        await tx.run('UPDATE t SET v = v + 1 WHERE id = ?', [second]);
      });
    const outcomes = await Promise.all(times(50, (i) => codeOf(i % 2 ? add(1, 2) : add(2, 1))));
    for (const outcome of outcomes) expect(['done', 'unavailable']).to.include(outcome);
    const done = outcomes.filter((outcome) => outcome === 'done').length;
    expect(done).to.be.greaterThan(25);
    expect(await values()).to.deep.equal([{ v: done }, { v: done }]);
  });

  it('leave nothing behind when a row stays locked (errno 1205 undoes one statement only)', async () => {
    let outcome = '';
    await database.transaction(async (tx) => {
      await tx.rows('SELECT v FROM t WHERE id = 2 FOR UPDATE');
      outcome = await codeOf(
        database.transaction(async (other) => {
          await other.run('UPDATE t SET v = 7 WHERE id = 1');
          await other.run('UPDATE t SET v = 7 WHERE id = 2');
        }),
      );
    });
    expect(outcome).to.equal('unavailable');
    expect(await values()).to.deep.equal([{ v: 0 }, { v: 0 }]);
  });

  it('end after the time limit, give up their locks, and the pool heals', async () => {
    const hasty = open({ poolMax: 1, statementTimeoutMs: 400 });
    const slow = hasty.transaction(async (tx) => {
      await tx.run('UPDATE t SET v = 9 WHERE id = 1');
      await tx.rows('SELECT SLEEP(1)');
    });
    expect(await codeOf(slow)).to.equal('unavailable');
    expect(await hasty.rows('SELECT 1 AS one')).to.deep.equal([{ one: 1 }]);
    await eventually(() => database.run('UPDATE t SET v = 1 WHERE id = 1 AND v = 0'));
    expect(await values()).to.deep.equal([{ v: 1 }, { v: 0 }]);
    await hasty.close();
  });

  it('are refused when no connection comes free in time', async () => {
    const small = createDatabase({
      databaseUrl: schema.databaseUrl,
      poolMax: 1,
      acquireTimeoutMs: 100,
      statementTimeoutMs: 5_000,
      logger,
    });
    const outcome = await small.transaction(() => codeOf(small.rows('SELECT 1')));
    expect(outcome).to.equal('unavailable');
    expect(await small.rows('SELECT 1 AS one')).to.deep.equal([{ one: 1 }]);
    await small.close();
  });

  it('do not begin for a client that has left, and run to their end for one that leaves later', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const write = () =>
      database.transaction(
        async (tx) => {
          await tx.run('UPDATE t SET v = v + 1 WHERE id = 1');
          controller.abort(new Error('left'));
          await tx.run('UPDATE t SET v = v + 1 WHERE id = 2');
        },
        { signal },
      );
    expect(await codeOf(write())).to.equal('done');
    expect(await codeOf(write())).to.equal('unavailable');
    expect(await values()).to.deep.equal([{ v: 1 }, { v: 1 }]);
  });

  it('have no effect when the connection is cut before COMMIT', async () => {
    const cut = database.transaction(async (tx) => {
      await tx.run('UPDATE t SET v = 5 WHERE id = 1');
      wire.cut();
      await tx.run('UPDATE t SET v = 5 WHERE id = 2');
    });
    expect(await codeOf(cut)).to.equal('unavailable');
    wire.mend();
    await eventually(async () => expect(await values()).to.deep.equal([{ v: 0 }, { v: 0 }]));
  });

  for (const [what, number] of [
    ['the disk is full', 1021],
    ['a file cannot be written', 1026],
    ['the storage engine fails', 1030],
    ['the table cannot grow', 1114],
    ['a temporary file cannot be written', 1878],
  ] as const) {
    it(`are refused as unavailable, with no effect, when ${what}`, async () => {
      const trigger = `CREATE TRIGGER full BEFORE UPDATE ON t FOR EACH ROW IF NEW.v = 2 THEN
        SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${number}; END IF`;
      await database.sequelize.query(trigger);
      const word = await codeOf(
        database.transaction(async (tx) => {
          await tx.run('UPDATE t SET v = 1 WHERE id = 1');
          await tx.run('UPDATE t SET v = 2 WHERE id = 2');
        }),
      );
      await database.sequelize.query('DROP TRIGGER full');
      expect([word, await values()]).to.deep.equal(['unavailable', [{ v: 0 }, { v: 0 }]]);
    });
  }

  it('end when the server answers nothing any more, and work again when it does', async () => {
    const hasty = open({ statementTimeoutMs: 300 });
    await hasty.rows('SELECT 1');
    wire.freeze();
    expect(await codeOf(hasty.run('UPDATE t SET v = 1 WHERE id = 1'))).to.equal('unavailable');
    wire.mend();
    await eventually(() => hasty.rows('SELECT 1'));
    await hasty.close();
  });

  it('take one connection each: every call works with a pool of one', async () => {
    const world = await openSaleWorld({ poolMax: 1 });
    const date = await world.date({ seats: 20, price: 10, seatsPerUser: 20 });
    const [user] = await world.users(1);
    const id = String(user);
    const outcomes = await Promise.all(times(20, (i) => world.charge(id, 100, `c-${i}`)));
    const held = await world.hold(id, date, date.seatIds.slice(0, 10), 'h');
    const any = await world.holdAny(id, date, 4, 'a');
    const paid = await world.pay(id, date, reservationIds(held), 'p');
    const refund = await world.refund(id, String(paid.body.payments[0]?.paymentId), 'r');
    await world.letRunOut(reservationIds(any));
    await world.expiry.expireOverdue();
    const words = [...outcomes, held, any, paid, refund].map(({ word }) => word);
    expect(new Set(words)).to.deep.equal(new Set(['201']));
    await world.close();
  });
});
