import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import { type CoreWorld, openCoreWorld, tally, times } from './core-world.ts';

describe('core: accounts and points', () => {
  let world: CoreWorld;
  before(async () => {
    world = await openCoreWorld();
  });
  after(() => world.close());

  const password = 'correct horse battery';
  const register = (userName: unknown, secret: unknown = password) =>
    world.call('POST', '/auth/register', { body: { userName, password: secret } });
  const login = (userName: unknown, secret: unknown = password) =>
    world.call('POST', '/auth/login', { body: { userName, password: secret } });
  const countOf = async (table: string): Promise<number> =>
    (await world.database.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n ?? -1;

  it('registers an account with an empty balance', async () => {
    const made = await register('Mina.Kim');
    expect(made.word).to.equal('201');
    expect(made.body).to.deep.equal({ userId: made.body.userId, userName: 'Mina.Kim' });
    const caller = { userId: made.body.userId as string, role: 'USER' as const };
    const balance = await world.call('GET', '/points', { caller });
    expect(balance.body).to.deep.equal({ point: 0 });
    const [row] = await world.database.rows<{ hash: string }>(
      'SELECT password_hash AS hash FROM users WHERE user_id = ?',
      [caller.userId],
    );
    expect(row?.hash).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('gives a name to one of 50 who ask for it at once', async () => {
    const answers = await Promise.all(times(50, () => register('wanted')));
    expect(tally(answers)).to.deep.equal({ '201': 1, '409 user-name-taken': 49 });
    expect(await countOf('users')).to.equal(await countOf('point'));
  });

  it('gives a name to one of 50 when everybody has looked before anybody has registered', async () => {
    const { createUserRepository } = await import('../../core-api/users/user-repository.ts');
    const users = createUserRepository(world.database);
    const user = { userName: 'wanted-too', passwordHash: '-' };
    const made = await Promise.all(times(50, () => users.create(user)));
    expect(made.filter((userId) => userId !== undefined)).to.have.length(1);
    expect(await countOf('users')).to.equal(await countOf('point'));
  });

  it('takes names that differ in case for one', async () => {
    await register('case-name');
    expect((await register('CASE-NAME')).word).to.equal('409 user-name-taken');
    expect((await login('Case-Name')).word).to.equal('200');
  });

  const refused: [string, unknown, unknown, string][] = [
    ['a short name', 'ab', password, 'body.userName'],
    ['a long name', 'a'.repeat(65), password, 'body.userName'],
    ['blanks in a name', 'mina kim', password, 'body.userName'],
    ['a name that only looks ASCII', 'mіna-kim', password, 'body.userName'],
    ['a name that starts with a dot', '.mina', password, 'body.userName'],
    ['a name that is a list', ['mina'], password, 'body.userName'],
    ['a short password', 'someone', '1234567', 'body.password'],
    ['a long password', 'someone', 'x'.repeat(129), 'body.password'],
    ['a password that is a number', 'someone', 12345678, 'body.password'],
    ['half a character as password', 'someone', '\ud800xxxxxxxx', 'body.password'],
  ];
  for (const [name, userName, secret, where] of refused) {
    it(`refuses ${name}`, async () => {
      const before = await countOf('users');
      const answer = await register(userName, secret);
      expect(answer.word).to.equal('400 invalid-request');
      expect(answer.body.errors[0].path).to.equal(where);
      expect(await countOf('users')).to.equal(before);
    });
  }

  it('hands out an RS256 access token that names the account', async () => {
    const { userId } = (await register('token-fan')).body;
    const answer = await login('token-fan');
    expect(answer.body).to.include({ tokenType: 'Bearer', expiresIn: 3_600 });
    const token = jwt.decode(answer.body.accessToken, { complete: true });
    expect(token?.header).to.include({ alg: 'RS256', typ: 'access+jwt' });
    expect(token?.header.kid).to.be.a('string');
    const claims = token?.payload as jwt.JwtPayload;
    expect(claims).to.include({
      iss: 'core-api',
      aud: 'concert-on-sale',
      sub: userId,
      role: 'USER',
      name: 'token-fan',
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).to.equal(3_600);
  });

  it('answers an unknown name, a wrong password and a closed account alike', async () => {
    await register('closed-fan');
    await world.database.run("UPDATE users SET status = 'INACTIVE' WHERE user_name = 'closed-fan'");
    const answers = [
      await login('nobody-here'),
      await login('nöbody'),
      await login('closed-fan   '),
      await login('closed-fan', 'another password'),
      await login('closed-fan'),
    ];
    const told = answers.map(({ body: { requestId: _, ...rest } }) => rest);
    for (const one of told) expect(one).to.deep.equal(told[0]);
    expect(tally(answers)).to.deep.equal({ '401 bad-credentials': 5 });
  });

  it('keeps each ledger to its owner, newest first, page by page', async () => {
    const one = { userId: (await register('saver')).body.userId as string, role: 'USER' as const };
    const other = {
      userId: (await register('other')).body.userId as string,
      role: 'USER' as const,
    };
    for (const amount of [100, 200, 300, 400, 500]) {
      const charged = await world.call('POST', '/points/charges', {
        body: { amount },
        caller: one,
      });
      expect(charged.word).to.equal('201');
    }
    const page = async (query: string, caller = one) =>
      (await world.call('GET', `/points/history?${query}`, { caller })).body;

    const first = await page('limit=2');
    expect(first.items.map((row: { amount: number }) => row.amount)).to.deep.equal([500, 400]);
    // What is written between two pages moves nothing.
    await world.call('POST', '/points/charges', { body: { amount: 600 }, caller: one });
    const second = await page(`limit=2&cursor=${first.nextCursor}`);
    expect(second.items.map((row: { amount: number }) => row.amount)).to.deep.equal([300, 200]);
    const last = await page(`limit=2&cursor=${second.nextCursor}`);
    expect(last.items).to.have.length(1);
    expect(last.items[0]).to.include({ amount: 100, pointAfterTransaction: 100, type: 'CHARGE' });
    expect(last.nextCursor).to.equal(null);
    expect((await page('limit=2', other)).items).to.deep.equal([]);
    const balance = await world.call('GET', '/points', { caller: one });
    expect(balance.body).to.deep.equal({ point: 2_100 });
  });

  it('has no points for an account that is gone', async () => {
    const caller = { userId: '999999', role: 'USER' as const };
    expect((await world.call('GET', '/points', { caller })).word).to.equal('404 not-found');
  });
});
