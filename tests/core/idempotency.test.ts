import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createIdempotencyRepository } from '../../core-api/idempotency/idempotency-repository.ts';
import { eventually } from '../harness/eventually.ts';
import { openSaleWorld, reservationIds, type SaleWorld, tally, times } from './sale-world.ts';

for (const locks of ['on', 'off'] as const) {
  describe(`core: Idempotency-Key, locks ${locks}`, () => {
    let world: SaleWorld;
    before(async () => {
      world = await openSaleWorld({ locks });
    });
    after(() => world.close());
    afterEach(async () => {
      expect(await world.violations()).to.deep.equal([]);
    });

    it('replays the answer of a hold byte for byte, though the seat is taken by then', async () => {
      const date = await world.date({ seats: 2 });
      const [user] = await world.users(1);
      const first = await world.hold(String(user), date, date.seatIds, 'hold-1');
      const again = await world.hold(String(user), date, date.seatIds, 'hold-1');
      expect([first.replayed, again.replayed]).to.deep.equal([false, true]);
      expect(again.rawBody).to.equal(first.rawBody);
      expect(JSON.parse(first.rawBody)).to.have.property('reservations').of.length(2);
    });

    it('replays charge, payment and refund, and moves points once', async () => {
      const date = await world.date({ seats: 1, price: 400 });
      const [user] = await world.users(1);
      const id = String(user);
      const charges = [await world.charge(id, 1_000, 'c'), await world.charge(id, 1_000, 'c')];
      const held = await world.hold(id, date, date.seatIds);
      const ids = reservationIds(held);
      const pays = [await world.pay(id, date, ids, 'p'), await world.pay(id, date, ids, 'p')];
      const paymentId = String(pays[0]?.body.payments[0]?.paymentId);
      const refunds = [
        await world.refund(id, paymentId, 'r'),
        await world.refund(id, paymentId, 'r'),
      ];
      for (const [first, again] of [charges, pays, refunds]) {
        expect([first?.word, first?.replayed]).to.deep.equal(['201', false]);
        expect([again?.word, again?.replayed]).to.deep.equal(['201', true]);
        expect(again?.rawBody).to.equal(first?.rawBody);
      }
      const rows = await world.sql('SELECT point, version FROM point WHERE user_id = ?', [id]);
      expect(rows).to.deep.equal([{ point: 1_000, version: 3 }]);
    });

    it('refuses a key with another body, and keeps it apart by account and by call', async () => {
      const date = await world.date({ seats: 3 });
      const [user, other] = await world.users(2);
      const [id, otherId] = [String(user), String(other)];
      expect((await world.charge(id, 10, 'same')).word).to.equal('201');
      expect((await world.charge(id, 11, 'same')).word).to.equal('422 idempotency-key-reused');
      expect((await world.charge(otherId, 11, 'same')).replayed).to.equal(false);
      expect((await world.hold(id, date, date.seatIds.slice(0, 1), 'same')).word).to.equal('201');
      const taken = await world.hold(otherId, date, date.seatIds.slice(1, 2), 'same');
      expect(taken.word).to.equal('201');
      const reused = await world.hold(id, date, date.seatIds.slice(2, 3), 'same');
      expect(reused.word).to.equal('422 idempotency-key-reused');
    });

    it('has one effect for 50 calls with one key at once; 49 hear that it runs', async () => {
      const date = await world.date({ seats: 4 });
      const [user] = await world.users(1);
      const id = String(user);
      const holds = await Promise.all(times(50, () => world.hold(id, date, date.seatIds, 'race')));
      const charges = await Promise.all(times(50, () => world.charge(id, 5, 'race')));
      for (const outcomes of [holds, charges]) {
        expect(tally(outcomes)).to.deep.equal({ '201': 1, '409 idempotency-key-in-use': 49 });
      }
      const rows = await world.sql('SELECT point, version FROM point WHERE user_id = ?', [id]);
      expect(rows).to.deep.equal([{ point: 5, version: 1 }]);
    });

    it('says in use while the first call runs, and replays as soon as it is done', async () => {
      const [user] = await world.users(1);
      const id = String(user);
      let first: Promise<unknown> | undefined;
      await world.database.transaction(async (tx) => {
        await tx.rows('SELECT user_id FROM users WHERE user_id = ? FOR UPDATE', [id]);
        first = world.charge(id, 7, 'slow');
        await eventually(async () => {
          const { word } = await world.charge(id, 7, 'slow');
          expect(word).to.equal('409 idempotency-key-in-use');
        });
      });
      await first;
      const again = await world.charge(id, 7, 'slow');
      expect([again.word, again.replayed, again.body.point]).to.deep.equal(['201', true, 7]);
    });

    it('stores no refusal: the same key may win later', async () => {
      const date = await world.date({ seats: 1, price: 50 });
      const [user] = await world.users(1);
      const id = String(user);
      const ids = reservationIds(await world.hold(id, date, date.seatIds));
      expect((await world.pay(id, date, ids, 'k')).word).to.equal('409 insufficient-points');
      await world.charge(id, 50);
      expect((await world.pay(id, date, ids, 'k')).word).to.equal('201');
    });

    it('is one for two instances: the second replays what the first has done, or hears it runs', async () => {
      const second = await openSaleWorld({ locks, beside: world });
      const date = await world.date({ seats: 4 });
      const [user] = await world.users(1);
      const id = String(user);
      const sides = times(60, (i) => (i % 2 ? world : second));
      const allowed = ['201', '409 idempotency-key-in-use'];
      for (const call of [
        (side: SaleWorld) => side.hold(id, date, date.seatIds, 'two'),
        (side: SaleWorld) => side.charge(id, 5, 'two'),
      ]) {
        const outcomes = await Promise.all(sides.map(call));
        for (const { word } of outcomes) expect(allowed).to.include(word);
        expect(outcomes.filter((o) => o.word === '201' && !o.replayed)).to.have.length(1);
        // As after a crash between commit and answer: another instance gives the stored answer.
        const late = await call(second);
        const first = outcomes.find((o) => o.word === '201' && !o.replayed);
        expect([late.replayed, late.rawBody]).to.deep.equal([true, first?.rawBody]);
      }
      await second.close();
    });

    it('is forgotten after a day, in batches', async () => {
      const [user] = await world.users(1);
      const id = String(user);
      await Promise.all(times(30, (i) => world.charge(id, 1, `day-${i}`)));
      await world.database.run(
        'UPDATE idempotency_key SET created_at = SYSDATE(6) - INTERVAL 25 HOUR WHERE user_id = ? LIMIT 20',
        [id],
      );
      const repository = createIdempotencyRepository(world.database);
      const removed = [];
      for (let i = 0; i < 4; i += 1) {
        removed.push(await repository.removeOlderThan({ hours: 24, batchMax: 8 }));
      }
      expect(removed).to.deep.equal([8, 8, 4, 0]);
      const replay = await Promise.all(times(30, (i) => world.charge(id, 1, `day-${i}`)));
      expect(replay.filter(({ replayed }) => replayed)).to.have.length(10);
    });
  });
}

describe('core: a process that is killed between commit and answer', () => {
  let world: SaleWorld;
  before(async () => {
    world = await openSaleWorld();
  });
  after(() => world.close());

  const child = fileURLToPath(new URL('killed-child.ts', import.meta.url));
  async function killedIn(name: string, ...args: unknown[]): Promise<void> {
    const stores = JSON.stringify(world.stores);
    const command = ['--import', 'tsx', child, stores, name, JSON.stringify(args)];
    const killed = spawn(process.execPath, command, { stdio: 'inherit' });
    expect((await once(killed, 'exit')) as unknown).to.deep.equal([null, 'SIGKILL']);
  }

  it('has left its answer: who asks again at once hears it, and nothing is done twice', async () => {
    const date = await world.date({ seats: 3, price: 30 });
    const [user = ''] = await world.users(1);
    const seats = date.seatIds.slice(0, 1);
    await Promise.all([
      killedIn('charge', user, 100, 'k'),
      killedIn('hold', user, date, seats, 'k'),
    ]);
    await killedIn('holdAny', user, date, 2, 'any');
    const charged = await world.charge(user, 100, 'k');
    const held = await world.hold(user, date, seats, 'k');
    const heldAny = await world.holdAny(user, date, 2, 'any');
    const ids = [held, heldAny].flatMap(reservationIds);
    // The lock of a dead process stands until its time is over: new calls are 503 until then.
    await eventually(() => killedIn('pay', user, date, ids, 'k'), { deadlineMs: 30_000 });
    const paid = await world.pay(user, date, ids, 'k');
    const paymentId = String(paid.body.payments[0]?.paymentId);
    await eventually(() => killedIn('refund', user, paymentId, 'k'), { deadlineMs: 30_000 });
    const refunded = await world.refund(user, paymentId, 'k');
    const all = [charged, held, heldAny, paid, refunded];
    expect(all.map(({ word, replayed }) => [word, replayed])).to.deep.equal(
      all.map(() => ['201', true]),
    );
    const points = [charged, paid, refunded].map(({ body }) => body.point);
    expect([points, ids.length]).to.deep.equal([[100, 10, 40], 3]);
    expect(await world.violations()).to.deep.equal([]);
  });
});
