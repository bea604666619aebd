import { connect } from 'node:net';
import { expect } from 'chai';
import { migrateUp } from '../../core-api/db/migrate.ts';
import { createTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts';
import { emptySchema } from '../harness/empty-schema.ts';
import { eventually } from '../harness/eventually.ts';
import { testDatabaseUrl } from '../harness/test-stores.ts';
import { type CoreWorld, inside, openCoreWorld, tally, times } from './core-world.ts';

const ready = (world: CoreWorld) => world.call('GET', '/health/ready', { sign: null });

describe('core: stores that go away and come back', function () {
  this.timeout(30_000);
  let proxy: TcpProxy;
  before(async () => {
    const { hostname, port } = new URL(testDatabaseUrl());
    proxy = await createTcpProxy({ host: hostname, port: Number(port) });
  });
  after(() => proxy.close());
  afterEach(() => proxy.mend());

  const throughProxy = (straight: string): string => {
    const url = new URL(straight);
    url.host = `127.0.0.1:${proxy.port}`;
    return url.href;
  };

  it('answers 503 with Retry-After while the database is away, and works when it is back', async () => {
    const world = await openCoreWorld({ databaseUrl: throughProxy });
    try {
      const concert = await world.concert({ seats: 1 });
      const caller = inside(concert.concertId);
      const body = { concertName: 'Lost' };
      const calls = () =>
        Promise.all([
          world.call('GET', '/concerts'),
          world.call('GET', `/concerts/${concert.concertId}/schedules`, { caller }),
          world.call('POST', '/auth/login', { body: { userName: 'abc', password: 'x' } }),
          world.call('POST', '/points/charges', { body: { amount: 1 }, caller }),
          world.admin('POST', '/admin/concerts', body),
          world.admin('PUT', `/internal/rooms/${concert.concertId}`, { cord: 'pause' }),
        ]);
      proxy.cut();
      const away = await calls();
      expect(tally(away)).to.deep.equal({ '503 unavailable': 6 });
      for (const { headers } of away) expect(Number(headers['retry-after'])).to.be.greaterThan(0);
      const health = await ready(world);
      expect(health.status).to.equal(503);
      expect(health.body).to.deep.include({ status: 'down' });
      expect(health.body.checks.mysql).to.equal('down');
      expect((await world.call('GET', '/health/live', { sign: null })).status).to.equal(200);

      proxy.mend();
      await eventually(async () => expect((await ready(world)).body.status).to.equal('ok'));
      const back = await world.call('GET', `/concerts/${concert.concertId}/schedules`, { caller });
      expect(back.word).to.equal('200');
      const names = await world.database.rows("SELECT 1 FROM concert WHERE concert_name = 'Lost'");
      expect(names).to.deep.equal([]);
    } finally {
      await world.close();
    }
  });

  it('starts without a database and is ready once it is there', async () => {
    proxy.cut();
    const world = await openCoreWorld({ databaseUrl: throughProxy });
    try {
      expect((await ready(world)).status).to.equal(503);
      proxy.mend();
      await eventually(async () => expect((await ready(world)).status).to.equal(200));
      expect((await world.concert({ seats: 1 })).scheduleId).to.be.a('string');
    } finally {
      await world.close();
    }
  });

  it('is not ready before the migrations are applied', async () => {
    const empty = await emptySchema();
    const world = await openCoreWorld({ databaseUrl: () => empty.databaseUrl });
    try {
      const before = await ready(world);
      expect(before.status).to.equal(503);
      expect(before.body.checks).to.include({ mysql: 'ok', migrations: 'down', redis: 'ok' });
      await migrateUp({ databaseUrl: empty.databaseUrl });
      expect((await ready(world)).status).to.equal(200);
    } finally {
      await world.close();
      await empty.drop();
    }
  });

  it('with Redis away is ready under the policy db, and not under closed', async () => {
    for (const [policy, status] of [
      ['db', 200],
      ['closed', 503],
    ] as const) {
      const env = { REDIS_URL: 'redis://127.0.0.1:1', LOCK_DOWN_POLICY: policy };
      const world = await openCoreWorld({ env });
      try {
        const answer = await ready(world);
        expect(answer.status, policy).to.equal(status);
        expect(answer.body.checks.redis).to.equal('down');
      } finally {
        await world.close();
      }
    }
  });
});

describe('core: load and the end', () => {
  it('tells how hard it works by the calls of those inside', async () => {
    const world = await openCoreWorld();
    try {
      const { concertId } = await world.concert({ seats: 1 });
      const load = async () => (await world.call('GET', '/internal/load')).body;
      const idle = await load();
      const caller = inside(concertId);
      const path = `/concerts/${concertId}/schedules`;
      await Promise.all(times(20, () => world.call('GET', path, { caller })));
      await Promise.all(times(20, () => world.call('GET', '/concerts')));
      await eventually(async () => {
        const busy = await load();
        expect(busy.requests - idle.requests).to.equal(20);
        expect(busy.p95Ms).to.be.greaterThan(0);
        expect(busy).to.have.keys(
          'requests',
          'p95Ms',
          'errorShare',
          'poolWaitMs',
          'lockWaitMs',
          'eventLoopDelayMs',
        );
        expect(busy.errorShare).to.equal(0);
      });
    } finally {
      await world.close();
    }
  });

  it('finishes the requests that are under way, and takes no new ones', async () => {
    const world = await openCoreWorld();
    const credentials = { userName: 'last-fan', password: 'long enough' };
    const register = world.call('POST', '/auth/register', { body: credentials });
    // On the way in means: it has been counted as a connection.
    await eventually(async () => {
      const probe = connect(Number(new URL(world.url).port), '127.0.0.1');
      await new Promise((resolve) => probe.once('connect', resolve));
      probe.destroy();
    });
    const closed = world.close();
    expect((await register).word).to.equal('201');
    await closed;
    const late = await world.call('GET', '/health/live').catch((error: { code?: string }) => error);
    expect(late).to.have.property('code', 'ECONNREFUSED');
  });
});
