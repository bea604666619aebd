import { expect } from 'chai';
import { makeAccounts } from '../../scripts/accounts.ts';
import { audit } from '../../scripts/audit.ts';
import { seed } from '../../scripts/seed.ts';
import { generatePrivateJwk } from '../../shared/keys.ts';
import { type CoreWorld, inside, openCoreWorld } from '../core/core-world.ts';

describe('seeding', function () {
  this.timeout(60_000);
  let world: CoreWorld;
  beforeEach(async () => {
    world = await openCoreWorld();
  });
  afterEach(() => world.close());

  const lines: string[] = [];
  const run = (env: NodeJS.ProcessEnv = {}) => {
    lines.length = 0;
    return seed({ databaseUrl: world.databaseUrl, env, log: (line) => lines.push(line) });
  };
  const logIn = (userName: string, password: string) =>
    world.call('POST', '/auth/login', { body: { userName, password } });
  const count = async (table: string): Promise<number> =>
    (await world.database.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n ?? -1;

  it('makes concerts to buy from, 20,000 seats among them, within seconds', async function () {
    this.timeout(15_000);
    expect(await run()).to.equal(true);

    const { items } = (await world.call('GET', '/concerts')).body;
    expect(items.length).to.be.greaterThan(3);
    expect(items[0].saleState).to.equal('ON_SALE');
    expect(items.map(({ saleState }: { saleState: string }) => saleState)).to.include('SCHEDULED');
    const sizes: number[] = [];
    for (const { concertId } of items) {
      const caller = inside(concertId);
      const path = `/concerts/${concertId}/schedules`;
      for (const one of (await world.call('GET', path, { caller })).body.items) {
        expect(Date.parse(one.concertDt)).to.be.greaterThan(Date.now());
        expect(one.seatsLeft).to.equal(one.totalSeat);
        sizes.push(one.totalSeat);
      }
    }
    expect([...new Set(sizes)].sort((a, b) => a - b)).to.deep.equal([50, 20_000]);
    expect(await audit(world.databaseUrl)).to.deep.equal([]);
  });

  it('prints random passwords once, and they work', async () => {
    await run();
    const accounts = lines.flatMap((line) => {
      const found = /^Account (\S+) \((\w+)\): password (\S+) /.exec(line);
      return found ? [{ userName: found[1], role: found[2], password: String(found[3]) }] : [];
    });
    expect(accounts.map(({ userName, role }) => `${userName} ${role}`)).to.deep.equal([
      'admin ADMIN',
      'demo1 USER',
      'demo2 USER',
    ]);
    expect(new Set(accounts.map(({ password }) => password)).size).to.equal(3);
    for (const { userName, password } of accounts) {
      expect((await logIn(String(userName), password)).word).to.equal('200');
    }
  });

  it('takes the name and the password of the admin from the environment, and prints neither', async () => {
    await run({ ADMIN_USER_NAME: 'boss', ADMIN_PASSWORD: 'a given password' });
    expect((await logIn('boss', 'a given password')).word).to.equal('200');
    expect(lines.join('\n')).not.to.contain('a given password');
    const faults = async (env: NodeJS.ProcessEnv) =>
      run(env).then(
        () => 'no fault',
        (error: unknown) => String(error),
      );
    expect(await faults({ ADMIN_PASSWORD: 'short' })).to.contain('ADMIN_PASSWORD');
    expect(await faults({ ADMIN_USER_NAME: 'a b' })).to.contain('ADMIN_USER_NAME');
  });

  it('does nothing the second time, nor when two do it at once', async () => {
    const done = await Promise.all([run(), run(), run()]);
    expect(done.filter(Boolean)).to.have.length(1);
    const before = [await count('concert'), await count('concert_seat'), await count('users')];
    expect(await run()).to.equal(false);
    expect(lines).to.deep.equal([]);
    expect([
      await count('concert'),
      await count('concert_seat'),
      await count('users'),
    ]).to.deep.equal(before);
  });

  it('makes accounts in bulk whose tokens name them and whose points are in the ledger', async () => {
    const accessTokenKeys = JSON.stringify({ keys: [generatePrivateJwk()] });
    const options = { databaseUrl: world.databaseUrl, accessTokenKeys, points: 5_000 };
    const accounts = await makeAccounts({ ...options, count: 2_500 });
    expect(new Set(accounts.map(({ userId }) => userId)).size).to.equal(2_500);
    for (const { userId, userName, accessToken } of accounts.slice(0, 3)) {
      const claims = JSON.parse(
        Buffer.from(String(accessToken.split('.')[1]), 'base64url').toString(),
      );
      expect(claims).to.include({ sub: userId, name: userName, role: 'USER' });
      const caller = { userId, role: 'USER' as const };
      expect((await world.call('GET', '/points', { caller })).body.point).to.equal(5_000);
      const { items } = (await world.call('GET', '/points/history', { caller })).body;
      expect(items).to.have.length(1);
    }
    expect(await audit(world.databaseUrl)).to.deep.equal([]);
  });
});
