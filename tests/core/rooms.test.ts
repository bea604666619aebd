import { expect } from 'chai';
import { adminCaller, type CoreWorld, inDays, openCoreWorld, tally, times } from './core-world.ts';

describe('core: rooms', () => {
  let world: CoreWorld;
  let concertId: string;
  before(async () => {
    world = await openCoreWorld();
  });
  beforeEach(async () => {
    ({ concertId } = await world.concert());
  });
  after(() => world.close());

  const read = async () => (await world.call('GET', `/internal/rooms/${concertId}`)).body;
  const change = (body: object, userId = '1') =>
    world.call('PUT', `/internal/rooms/${concertId}`, {
      body,
      caller: { ...adminCaller, userId },
    });
  const audits = () =>
    world.database.rows<{ userId: number; action: string; before: string; after: string }>(
      `SELECT user_id AS userId, action, state_before AS \`before\`, state_after AS \`after\`
        FROM room_audit WHERE concert_id = ? ORDER BY room_audit_id`,
      [concertId],
    );
  const defaults = () => ({
    concertId,
    concertActive: true,
    version: 1,
    control: 'OPEN',
    maxActive: 100,
    admitPerSecond: 50,
    claimSeconds: 60,
    activeSeconds: 600,
    idleSeconds: 300,
    graceSeconds: 300,
    maxWaiting: 1_000_000,
    opensAt: null,
    preQueueOpensAt: null,
    order: 'fifo',
    message: null,
    recordPublic: false,
    challenge: 'none',
    powDifficulty: 16,
  });

  it('have a policy before anybody made one', async () => {
    expect(await read()).to.deep.equal(defaults());
    const { items } = (await world.call('GET', '/internal/rooms')).body;
    expect(items).to.deep.include(defaults());
  });

  it('keep what was changed, version by version, and who did it', async () => {
    const [preQueueOpensAt, opensAt] = [inDays(1), inDays(2)];
    const policy = {
      maxActive: 7,
      admitPerSecond: 0.5,
      preQueueOpensAt,
      opensAt,
      message: '곧 시작 ☺',
    };
    const changed = await change({ version: 1, policy }, '42');
    const expected = { ...defaults(), ...policy, version: 2 };
    expect(changed.body).to.deep.equal(expected);
    expect(await read()).to.deep.equal(expected);
    await change({ policy: { message: null } }, '43');
    expect(await read()).to.deep.equal({ ...expected, message: null, version: 3 });
    const [first, second] = await audits();
    expect(first).to.include({ userId: 42, action: 'policy' });
    expect(JSON.parse(String(first?.before))).to.deep.equal(defaults());
    expect(JSON.parse(String(first?.after))).to.deep.equal(expected);
    expect(second).to.include({ userId: 43, action: 'policy' });
  });

  it('refuse a change against another version, and tell the present one', async () => {
    await change({ policy: { maxActive: 7 } });
    const stale = await change({ version: 1, policy: { maxActive: 8 } });
    expect(stale.word).to.equal('409 version-conflict');
    expect(stale.body.version).to.equal(2);
    expect((await read()).maxActive).to.equal(7);
    expect(await audits()).to.have.length(1);
  });

  it('take one of 50 changes against the same version', async () => {
    for (const version of [1, 2]) {
      const answers = await Promise.all(
        times(50, (n) => change({ version, policy: { maxActive: 1_000 * version + n } })),
      );
      expect(tally(answers)).to.deep.equal({ '200': 1, '409 version-conflict': 49 });
    }
    expect((await read()).version).to.equal(3);
    expect(await audits()).to.have.length(2);
  });

  it('take 50 changes without a version one after the other', async () => {
    const answers = await Promise.all(times(50, (n) => change({ policy: { maxActive: 200 + n } })));
    expect(tally(answers)).to.deep.equal({ '200': 50 });
    expect((await read()).version).to.equal(51);
    const states = (await audits()).map(({ before, after }) => [
      JSON.parse(before).version,
      JSON.parse(after).version,
    ]);
    expect(states).to.deep.equal(times(50, (n) => [n + 1, n + 2]));
  });

  it('follow the cords; a cord pulled twice changes nothing', async () => {
    for (const [cord, control] of [
      ['pause', 'PAUSED'],
      ['resume', 'OPEN'],
      ['drain', 'DRAINING'],
      ['close', 'CLOSED'],
      ['open', 'OPEN'],
    ]) {
      const first = await change({ cord });
      expect(first.body.control).to.equal(control);
      const again = await change({ cord });
      expect(again.word).to.equal('200');
      expect(again.body).to.deep.equal(first.body);
    }
    expect((await audits()).map(({ action }) => action)).to.deep.equal([
      'pause',
      'resume',
      'drain',
      'close',
      'open',
    ]);
  });

  it('take the same policy given again for no change', async () => {
    const policy = { opensAt: '2027-01-01T00:00:00Z', message: 'soon' };
    const first = await change({ policy });
    expect((await change({ policy })).body).to.deep.equal(first.body);
    expect(await audits()).to.have.length(1);
  });

  it('list who changed them, newest first, page by page, revocations included', async () => {
    for (let at = 1; at <= 3; at += 1) await change({ policy: { maxActive: 300 + at } }, '42');
    await change({ revoke: { queueId: '7', reason: 'a bot' } }, '43');
    const list = (query: string) =>
      world.call('GET', `/admin/queue/${concertId}/audit${query}`, { caller: adminCaller });
    const first = (await list('?limit=2')).body;
    expect(first.items.map((item: { action: string }) => item.action)).to.deep.equal([
      'revoke',
      'policy',
    ]);
    expect(first.items[0]).to.deep.include({
      userId: '43',
      after: { queueId: '7', reason: 'a bot' },
    });
    expect(first.items[1].before.maxActive).to.equal(302);
    expect(first.items[1].after.maxActive).to.equal(303);
    const second = (await list(`?limit=2&cursor=${first.nextCursor}`)).body;
    expect(second.items).to.have.length(2);
    expect(second.nextCursor).to.equal(null);
    expect((await read()).version, 'a revocation changes no setting').to.equal(4);
  });

  it('do not open for registration after they open', async () => {
    const policy = { opensAt: inDays(1), preQueueOpensAt: inDays(2) };
    const refused = await change({ policy });
    expect(refused.word).to.equal('400 invalid-request');
    expect(refused.body.errors[0].path).to.equal('body.policy.preQueueOpensAt');
    await change({ policy: { opensAt: inDays(3), preQueueOpensAt: inDays(2) } });
    expect((await change({ policy: { opensAt: inDays(1) } })).word).to.equal('400 invalid-request');
    expect(await audits()).to.have.length(1);
  });

  for (const [name, body, where] of [
    ['a negative number inside', { policy: { maxActive: -1 } }, 'body.policy.maxActive'],
    ['an unknown field', { policy: { speed: 1 } }, 'body.policy'],
    ['no time to claim', { policy: { claimSeconds: 0 } }, 'body.policy.claimSeconds'],
    ['an unknown cord', { cord: 'stop' }, 'body.cord'],
    ['another order', { policy: { order: 'lifo' } }, 'body.policy.order'],
    [
      'a moment beyond the database',
      { policy: { opensAt: '2999-01-01T00:00:00Z' } },
      'body.policy.opensAt',
    ],
    ['version 0', { version: 0 }, 'body.version'],
  ] as const) {
    it(`refuse ${name}`, async () => {
      const answer = await change(body);
      expect(answer.word).to.equal('400 invalid-request');
      expect(answer.body.errors[0].path).to.equal(where);
      expect(await read()).to.deep.equal(defaults());
    });
  }

  it('of a concert that is not there are 404', async () => {
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { cord: 'pause' }],
    ] as const) {
      const answer = await world.call(method, '/internal/rooms/999999', { body });
      expect(answer.word).to.equal('404 not-found');
    }
  });

  it('of a withdrawn concert say so', async () => {
    await world.admin('PATCH', `/admin/concerts/${concertId}`, { status: 'INACTIVE' });
    expect(await read()).to.include({ concertActive: false });
  });
});
