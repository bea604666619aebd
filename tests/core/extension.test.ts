import { expect } from 'chai';
import { openSaleWorld, reservationIds, type SaleWorld, tally, times } from './sale-world.ts';

describe('core: extension of a hold', () => {
  let world: SaleWorld;
  before(async () => {
    world = await openSaleWorld({ locks: 'off' });
  });
  after(() => world.close());
  afterEach(async () => {
    expect(await world.violations()).to.deep.equal([]);
  });

  const held = async (count = 1) => {
    const date = await world.date({ seats: count, price: 10 });
    const [user, stranger] = (await world.users(2, { points: 100 })) as [string, string];
    const ids = reservationIds(await world.hold(user, date, date.seatIds));
    return { date, user, stranger, ids, id: String(ids[0]) };
  };

  it('begins its time anew once, asked 50 times at once', async () => {
    const { date, user, id } = await held();
    await world.database.run(
      'UPDATE concert_seat SET held_until = held_until - INTERVAL 200 SECOND WHERE concert_id = ?',
      [date.concertId],
    );
    await world.database.run(
      `UPDATE reservation SET reservation_expire_dt = reservation_expire_dt - INTERVAL 200 SECOND
         WHERE concert_id = ?`,
      [date.concertId],
    );
    const outcomes = await Promise.all(times(50, () => world.extend(user, date.concertId, id)));
    expect(tally(outcomes)).to.deep.equal({ '201': 1, '409 hold-extended': 49 });
    const won = outcomes.find(({ word }) => word === '201')?.body.reservation;
    expect(won).to.include({ reservationId: id, seatNum: 1, price: 10, reservationStatus: 'HELD' });
    const rows = await world.sql<{ left: number }>(
      `SELECT TIMESTAMPDIFF(SECOND, SYSDATE(6), held_until) AS secondsLeft
         FROM concert_seat WHERE concert_id = ?`,
      [date.concertId],
    );
    expect(Object.values(rows[0] ?? {})[0]).to.be.within(280, 300);
  });

  it('is refused for another account, another concert, a paid, released or overdue hold', async () => {
    const { date, user, stranger, ids, id } = await held(4);
    const [, paid, released, overdue] = ids.map(String) as [string, string, string, string];
    const other = await world.date({ seats: 1 });
    await world.pay(user, date, [paid]);
    await world.release(user, date.concertId, released);
    await world.letRunOut([overdue]);
    const words = [
      await world.extend(stranger, date.concertId, id),
      await world.extend(user, other.concertId, id),
      await world.extend(user, date.concertId, paid),
      await world.extend(user, date.concertId, released),
      await world.extend(user, date.concertId, overdue),
      await world.extend(user, date.concertId, id),
    ].map(({ word }) => word);
    expect(words).to.deep.equal([
      '404 not-found',
      '404 not-found',
      '409 already-paid',
      '409 hold-expired',
      '409 hold-expired',
      '201',
    ]);
  });

  it('replays its answer to the same Idempotency-Key, and can be paid to its new end', async () => {
    const { date, user, id } = await held();
    const first = await world.extend(user, date.concertId, id, 'more');
    const again = await world.extend(user, date.concertId, id, 'more');
    expect([again.replayed, again.rawBody]).to.deep.equal([true, first.rawBody]);
    expect((await world.pay(user, date, [id])).word).to.equal('201');
  });
});
