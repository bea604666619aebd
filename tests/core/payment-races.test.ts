import { expect } from 'chai';
import { openSaleWorld, reservationIds, type SaleWorld, tally, times } from './sale-world.ts';

/** Every race runs over two instances, and twice: with the locks, and with the database alone. */
for (const locks of ['on', 'off'] as const) {
  describe(`core: payment races, locks ${locks}`, () => {
    let world: SaleWorld;
    let second: SaleWorld;
    before(async () => {
      world = await openSaleWorld({ locks, poolMax: 10 });
      second = await openSaleWorld({ locks, poolMax: 10, beside: world });
    });
    after(async () => {
      await second.close();
      await world.close();
    });
    const by = (index: number): SaleWorld => (index % 2 === 0 ? world : second);
    afterEach(async () => {
      expect(await world.violations()).to.deep.equal([]);
    });

    it('pays one reservation once, asked 60 times at once', async () => {
      const date = await world.date({ seats: 1, price: 2_000 });
      const [user] = await world.users(1, { points: 10_000 });
      const held = await world.hold(String(user), date, date.seatIds);
      const ids = reservationIds(held);
      const outcomes = await Promise.all(times(60, (i) => by(i).pay(String(user), date, ids)));
      expect(tally(outcomes)).to.deep.equal({ '201': 1, '409 already-paid': 59 });
      expect(outcomes.find(({ word }) => word === '201')?.body.point).to.equal(8_000);
    });

    it('keeps one account exact, charged 50 times and paying 20 seats at once', async () => {
      const date = await world.date({ seats: 20, price: 700, seatsPerUser: 20 });
      const [user] = await world.users(1, { points: 20 * 700 });
      const held = await world.hold(String(user), date, date.seatIds);
      const outcomes = await Promise.all([
        ...times(50, (i) => by(i).charge(String(user), 11)),
        ...reservationIds(held).map((id, i) => by(i).pay(String(user), date, [id])),
      ]);
      expect(tally(outcomes)).to.deep.equal({ '201': 70 });
      const rows = await world.sql('SELECT point, version FROM point WHERE user_id = ?', [
        String(user),
      ]);
      expect(rows).to.deep.equal([{ point: 550, version: 71 }]);
    });

    it('spends a balance once: 50 payments of seats that it is enough for 7 of', async () => {
      const date = await world.date({ seats: 50, price: 100, seatsPerUser: 50 });
      const [user] = await world.users(1, { points: 750 });
      const held = await world.hold(String(user), date, date.seatIds);
      const outcomes = await Promise.all(
        reservationIds(held).map((id, i) => by(i).pay(String(user), date, [id])),
      );
      expect(tally(outcomes)).to.deep.equal({ '201': 7, '409 insufficient-points': 43 });
    });

    it('answers every payment when 10 × the pool size are in flight', async () => {
      const count = 100;
      const date = await world.date({ seats: count, price: 500 });
      const users = await world.users(count, { points: 500 });
      const holds = await Promise.all(
        users.map((user, i) => world.hold(user, date, date.seatIds.slice(i, i + 1))),
      );
      expect(tally(holds)).to.deep.equal({ '201': count });
      const outcomes = await Promise.all(
        users.map((user, i) => {
          const held = holds[i];
          return world.pay(user, date, held ? reservationIds(held) : []);
        }),
      );
      expect(tally(outcomes)).to.deep.equal({ '201': count });
    });

    it('refunds one payment once, asked 50 times at once', async () => {
      const date = await world.date({ seats: 1, price: 900 });
      const [user] = await world.users(1, { points: 900 });
      const held = await world.hold(String(user), date, date.seatIds);
      const paid = await world.pay(String(user), date, reservationIds(held));
      const paymentId = String(paid.body.payments[0]?.paymentId);
      const outcomes = await Promise.all(times(50, (i) => by(i).refund(String(user), paymentId)));
      expect(tally(outcomes)).to.deep.equal({ '201': 1, '409 already-refunded': 49 });
      const refunded = outcomes.find(({ word }) => word === '201');
      expect(refunded?.body.point).to.equal(900);
      expect(refunded?.body.payment).to.include({ paymentId, paymentStatus: 'REFUNDED' });
      const [next] = await world.users(1);
      expect((await world.hold(String(next), date, date.seatIds)).word).to.equal('201');
    });

    it('sells a seat to its holder or to the next one, never to both, at the moment it runs out', async () => {
      const date = await world.date({ seats: 50, price: 10 });
      const holders = await world.users(50, { points: 10 });
      const rivals = await world.users(50, { points: 10 });
      const seatOf = (index: number) => date.seatIds.slice(index, index + 1);
      const holds = await Promise.all(holders.map((id, i) => world.hold(id, date, seatOf(i))));
      const until = 'SYSDATE(6) + INTERVAL 60000 MICROSECOND';
      await world.database.run(
        `UPDATE concert_seat SET held_until = ${until} WHERE concert_id = ?`,
        [date.concertId],
      );
      await world.database.run(
        `UPDATE reservation r JOIN concert_seat s ON s.seat_id = r.seat_id
           SET r.reservation_expire_dt = s.held_until WHERE r.concert_id = ?`,
        [date.concertId],
      );
      const [pays, takes] = await Promise.all([
        Promise.all(
          holds.map((held, i) => world.pay(String(holders[i]), date, reservationIds(held))),
        ),
        Promise.all(
          rivals.map(async (id, i) => {
            let outcome = await by(i).hold(id, date, seatOf(i));
            for (let tries = 0; outcome.word !== '201' && tries < 30; tries += 1) {
              outcome = await by(i).hold(id, date, seatOf(i));
            }
            return outcome;
          }),
        ),
        world.expiry.expireOverdue(),
      ]);
      const paid = pays.filter(({ word }) => word === '201').length;
      expect(tally(pays)).to.deep.equal({
        ...(paid > 0 ? { '201': paid } : {}),
        ...(paid < 50 ? { '409 hold-expired': 50 - paid } : {}),
      });
      pays.forEach(({ word }, i) => {
        if (word === '201') expect(takes[i]?.word).to.equal('409 seat-taken');
      });
    });
  });
}
