import { expect } from 'chai';
import { openSaleWorld, reservationIds, type SaleWorld, tally, times } from './sale-world.ts';

/** Every race runs over two instances, and twice: with the locks, and with the database alone. */
for (const locks of ['on', 'off'] as const) {
  describe(`core: hold races, locks ${locks}`, () => {
    let world: SaleWorld;
    let second: SaleWorld;
    before(async () => {
      world = await openSaleWorld({ locks });
      second = await openSaleWorld({ locks, beside: world });
    });
    after(async () => {
      await second.close();
      await world.close();
    });
    const by = (index: number): SaleWorld => (index % 2 === 0 ? world : second);
    afterEach(async () => {
      expect(await world.violations()).to.deep.equal([]);
    });

    it('holds one seat for one of 100 buyers and tells 99 that it is taken', async () => {
      const date = await world.date({ seats: 1 });
      const users = await world.users(100);
      const outcomes = await Promise.all(users.map((id, i) => by(i).hold(id, date, date.seatIds)));
      expect(tally(outcomes)).to.deep.equal({ '201': 1, '409 seat-taken': 99 });
      const refused = outcomes.filter(({ word }) => word !== '201');
      for (const { extra } of refused) expect(extra).to.deep.equal({ seatIds: date.seatIds });
    });

    it('holds overlapping seats all or none', async () => {
      const date = await world.date({ seats: 12 });
      const users = await world.users(60);
      const wishes = users.map((_, i) => times(4, (j) => String(date.seatIds[(i + j * 2) % 12])));
      const outcomes = await Promise.all(
        users.map((id, i) => by(i).hold(id, date, wishes[i] ?? [])),
      );
      const won = outcomes.filter(({ word }) => word === '201');
      expect(won.length).to.be.within(1, 3);
      expect(tally(outcomes)).to.deep.equal({
        '201': won.length,
        '409 seat-taken': 60 - won.length,
      });
      const rows = await world.sql<{ held: number; users: number }>(
        `SELECT COUNT(*) AS held, COUNT(DISTINCT user_id) AS users FROM reservation
           WHERE concert_id = ? AND reservation_status = 'HELD'`,
        [date.concertId],
      );
      expect(rows).to.deep.equal([{ held: won.length * 4, users: won.length }]);
    });

    it('keeps the limit of one account, asked for 50 seats in 50 calls at once', async () => {
      const date = await world.date({ seats: 50, seatsPerUser: 4 });
      const [user] = await world.users(1);
      const outcomes = await Promise.all(
        date.seatIds.map((seatId, i) => by(i).hold(String(user), date, [seatId])),
      );
      expect(tally(outcomes)).to.deep.equal({ '201': 4, '409 seat-limit-exceeded': 46 });
    });

    it('gives 40 buyers of 5 seats each all 200 seats, none of them twice', async () => {
      const date = await world.date({ seats: 200, seatsPerUser: 5 });
      const users = await world.users(60);
      const outcomes = await Promise.all(users.map((id, i) => by(i).holdAny(id, date, 5)));
      expect(tally(outcomes)).to.deep.equal({ '201': 40, '409 seat-taken': 20 });
      const seats = outcomes.flatMap(({ body }) => (body.reservations ?? []).map((r) => r.seatId));
      expect(new Set(seats).size).to.equal(200);
    });

    it('hands an overdue hold to one of 60 buyers and ends it', async () => {
      const date = await world.date({ seats: 1 });
      const [slow, ...users] = await world.users(61);
      const held = await world.hold(String(slow), date, date.seatIds);
      await world.letRunOut(reservationIds(held));
      const outcomes = await Promise.all(users.map((id, i) => by(i).hold(id, date, date.seatIds)));
      expect(tally(outcomes)).to.deep.equal({ '201': 1, '409 seat-taken': 59 });
      const rows = await world.sql<{ status: string; n: number }>(
        `SELECT reservation_status AS status, COUNT(*) AS n FROM reservation
           WHERE seat_id = ? GROUP BY reservation_status ORDER BY 1`,
        date.seatIds,
      );
      expect(rows).to.deep.equal([
        { status: 'EXPIRED', n: 1 },
        { status: 'HELD', n: 1 },
      ]);
    });
  });
}
