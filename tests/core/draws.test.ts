import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { adminCaller, type CoreWorld, inDays, openCoreWorld, tally } from './core-world.ts';

describe('core: draws', () => {
  let world: CoreWorld;
  let concertId: string;
  before(async () => {
    world = await openCoreWorld();
  });
  beforeEach(async () => {
    ({ concertId } = await world.concert());
  });
  after(() => world.close());

  const change = (policy: object) =>
    world.call('PUT', `/internal/rooms/${concertId}`, { body: { policy }, caller: adminCaller });
  const closed = { registered: 7, base: 0, digest: 'ab'.repeat(20) };
  const seal = (body: object = closed) =>
    world.call('PUT', `/internal/rooms/${concertId}/draw`, { body });
  const draw = (policy: object = {}) =>
    change({ order: 'draw', preQueueOpensAt: inDays(1), opensAt: inDays(2), ...policy });
  const secretInStore = async (): Promise<string> => {
    const sql = 'SELECT secret FROM room_draw WHERE concert_id = ?';
    const [row] = await world.database.rows<{ secret: string }>(sql, [concertId]);
    return String(row?.secret);
  };

  it('publish the hash of a secret with the policy, and keep the secret', async () => {
    const { body } = await draw();
    expect(body.draw).to.include({ registered: null, digest: null, secret: null });
    const secret = await secretInStore();
    const hash = createHash('sha256').update(Buffer.from(secret, 'hex')).digest('hex');
    expect(body.draw.commitment).to.equal(hash);
    expect(JSON.stringify(body)).not.to.include(secret);
  });

  it('have one secret, whatever is changed and however many change it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => draw({ maxActive: at + 1 })),
    );
    expect(tally(answers)).to.deep.equal({ '200': 50 });
    expect(new Set(answers.map(({ body }) => body.draw.commitment)).size).to.equal(1);
    await change({ order: 'fifo' });
    const again = await draw();
    expect(again.body.draw.commitment).to.equal(answers[0]?.body.draw.commitment);
  });

  it('need a time to register in', async () => {
    for (const policy of [
      { order: 'draw' },
      { order: 'draw', opensAt: inDays(2) },
      { order: 'draw', opensAt: inDays(2), preQueueOpensAt: inDays(2) },
    ])
      expect((await change(policy)).word).to.equal('400 invalid-request');
  });

  it('keep their order while people register, and their secret too', async () => {
    await draw({ preQueueOpensAt: inDays(-1), opensAt: inDays(1) });
    expect((await change({ order: 'fifo' })).word).to.equal('409 registration-open');
    expect((await change({ opensAt: inDays(2) })).status, 'later').to.equal(200);
    expect((await seal()).word).to.equal('409 registration-open');
  });

  it('are fixed once, by whoever of 50 is first, and only then tell the secret', async () => {
    await draw({ preQueueOpensAt: inDays(-2), opensAt: inDays(-1) });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => seal({ ...closed, registered: at + 1 })),
    );
    expect(tally(answers)).to.deep.equal({ '200': 50 });
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).to.equal(1);
    const secret = await secretInStore();
    const [first] = answers;
    expect(first?.body.draw).to.include({ secret, digest: closed.digest, base: 0 });
    expect((await change({ maxActive: 3 })).body.draw, 'stays').to.deep.equal(first?.body.draw);
  });

  it('are there for rooms that have one', async () => {
    expect((await seal()).word).to.equal('404 not-found');
    expect((await seal({ ...closed, registered: 0 })).word).to.equal('400 invalid-request');
  });
});
