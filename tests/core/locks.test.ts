import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createLogger } from '../../shared/logger.ts';
import { openLocks } from '../../core-api/lock/open-locks.ts';
import { eventually } from '../harness/eventually.ts';
import { type LockNodes, openLockNodes } from './lock-nodes.ts';
import { openSaleWorld, type SaleWorld, tally, times } from './sale-world.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

for (const downPolicy of ['db', 'closed'] as const) {
  describe(`core: lock nodes away, LOCK_DOWN_POLICY=${downPolicy}`, () => {
    let nodes: LockNodes;
    let world: SaleWorld;
    before(async () => {
      nodes = await openLockNodes();
      const { urls, namespace } = nodes;
      // Generous: a busy machine must not look like a frozen node.
      const commandTimeoutMs = 1_000;
      const places = { downPolicy, downPlaces: 3 };
      const locks = await openLocks({ urls, namespace, logger, commandTimeoutMs, ...places });
      world = await openSaleWorld({ locks });
    });
    after(async () => {
      await world.close();
      await nodes.close();
    });

    const race = async () => {
      const date = await world.date({ seats: 1 });
      const users = await world.users(60);
      const outcomes = await Promise.all(users.map((id) => world.hold(id, date, date.seatIds)));
      expect(await world.violations()).to.deep.equal([]);
      return tally(outcomes);
    };
    const oneWinner = { '201': 1, '409 seat-taken': 59 };

    it('sells a seat once over three nodes', async () => {
      expect(await race()).to.deep.equal(oneWinner);
    });

    it('does not notice one node of three that is frozen', async () => {
      nodes.wires[0]?.freeze();
      expect(await race()).to.deep.equal(oneWinner);
      const [user] = await world.users(1);
      const charges = await Promise.all(times(50, () => world.charge(String(user), 1)));
      expect(tally(charges)).to.deep.equal({ '201': 50 });
      nodes.wires[0]?.mend();
    });

    it('does not notice one node of three that is gone', async () => {
      nodes.wires[0]?.cut();
      expect(await race()).to.deep.equal(oneWinner);
      const [user] = await world.users(1);
      const charges = await Promise.all(times(50, () => world.charge(String(user), 1)));
      expect(tally(charges)).to.deep.equal({ '201': 50 });
    });

    it(`with two nodes of three frozen ${downPolicy === 'db' ? 'sells on' : 'says 503'}`, async () => {
      for (const wire of nodes.wires.slice(1)) wire.freeze();
      const date = await world.date({ seats: 1 });
      const users = await world.users(6);
      const outcomes = await Promise.all(users.map((id) => world.hold(id, date, date.seatIds)));
      expect(tally(outcomes)).to.deep.equal(
        downPolicy === 'db' ? { '201': 1, '409 seat-taken': 5 } : { '503 unavailable': 6 },
      );
      expect(await world.violations()).to.deep.equal([]);
    });

    it(downPolicy === 'db' ? 'sells on without locks' : 'answers 503 unavailable', async () => {
      for (const wire of nodes.wires) wire.cut();
      expect(await race()).to.deep.equal(
        downPolicy === 'db' ? oneWinner : { '503 unavailable': 60 },
      );
    });

    it('locks again when the nodes are back', async () => {
      for (const wire of nodes.wires) wire.mend();
      await eventually(async () => expect(await race()).to.deep.equal(oneWinner));
    });
  });
}

describe('core: locks on Redis', () => {
  let world: SaleWorld;
  before(async () => {
    world = await openSaleWorld();
  });
  after(() => world.close());

  it('are kept under the namespace, by kind, and are gone after the call', async () => {
    const redis = new Redis(world.stores.redisUrl);
    const date = await world.date({ seats: 2 });
    const [user] = await world.users(1);
    const seen = new Set<string>();
    await world.database.transaction(async (tx) => {
      await tx.rows('SELECT user_id FROM users WHERE user_id = ? FOR UPDATE', [String(user)]);
      const call = world.hold(String(user), date, date.seatIds, 'key-1');
      const charge = world.charge(String(user), 5);
      await eventually(async () => {
        for (const key of await redis.keys(`${world.stores.namespace}*`)) seen.add(key);
        expect(seen.size).to.equal(4);
      });
      void call.catch(() => undefined);
      void charge.catch(() => undefined);
    });
    const ns = world.stores.namespace;
    expect([...seen].sort()).to.deep.equal(
      [
        ...date.seatIds.map((id) => `${ns}lock:seat:${id}`),
        `${ns}lock:points:${user}`,
        `${ns}lock:call:${user}:createReservations:key-1`,
      ].sort(),
    );
    await eventually(async () => {
      expect(await redis.keys(`${ns}*`)).to.deep.equal([]);
    });
    await redis.quit();
  });

  it('that somebody else holds refuse a seat at once and let points wait', async () => {
    const redis = new Redis(world.stores.redisUrl);
    const ns = world.stores.namespace;
    const date = await world.date({ seats: 1 });
    const [user] = await world.users(1);
    await redis.set(`${ns}lock:seat:${date.seatIds[0]}`, 'other', 'PX', 60_000);
    const refused = await world.hold(String(user), date, date.seatIds);
    expect([refused.word, refused.extra]).to.deep.equal([
      '409 seat-taken',
      { seatIds: date.seatIds },
    ]);
    await redis.set(`${ns}lock:points:${user}`, 'other', 'PX', 300);
    expect((await world.charge(String(user), 5)).word).to.equal('201');
    await redis.set(`${ns}lock:points:${user}`, 'other', 'PX', 60_000);
    expect((await world.charge(String(user), 5)).word).to.equal('503 unavailable');
    await redis.del(`${ns}lock:points:${user}`);
    await redis.quit();
  });
});
