import { expect } from 'chai';
import { openSaleWorld, type Outcome, type SaleWorld, tally, times } from './sale-world.ts';

interface HistoryRow {
  id: number;
  after: number;
}

for (const locks of ['on', 'off'] as const) {
  describe(`core: charges that share a transaction, locks ${locks}`, () => {
    let world: SaleWorld;
    let second: SaleWorld;
    let updates = 0;
    const count = (sql: string): string => {
      if (sql.startsWith('UPDATE point ')) updates += 1;
      return sql;
    };
    before(async () => {
      world = await openSaleWorld({ locks, rewrite: count });
      second = await openSaleWorld({ locks, beside: world });
    });
    after(async () => {
      await second.close();
      await world.close();
    });
    beforeEach(() => {
      updates = 0;
    });
    afterEach(async () => {
      expect(await world.violations()).to.deep.equal([]);
    });

    const historyOf = (userId: string) =>
      world.sql<HistoryRow>(
        `SELECT h.point_history_id AS id, h.point_after_transaction AS after FROM point_history h
           JOIN point p USING (point_id) WHERE p.user_id = ? ORDER BY h.seq`,
        [userId],
      );
    const told = (outcomes: readonly Outcome[]): HistoryRow[] =>
      outcomes
        .filter(({ word }) => word === '201')
        .map(({ body }) => ({ id: Number(body.pointHistoryId), after: body.point }))
        .sort((a, b) => a.id - b.id);

    it('are 200 of one account by a few statements, each told its own row of the ledger', async () => {
      const [user = ''] = await world.users(1);
      const outcomes = await Promise.all(times(200, (i) => world.charge(user, i + 1)));
      expect(tally(outcomes)).to.deep.equal({ '201': 200 });
      expect(told(outcomes)).to.deep.equal(await historyOf(user));
      expect((await historyOf(user)).at(-1)?.after).to.equal(20_100);
      expect(updates).to.be.within(1, 40);
    });

    it('are those of 20 accounts among one another, each ledger by itself', async () => {
      const users = await world.users(20);
      const outcomes = await Promise.all(
        times(100, (i) => world.charge(String(users[i % 20]), 7 + i)),
      );
      for (const [at, user] of users.entries()) {
        const own = outcomes.filter((_, i) => i % 20 === at);
        expect(told(own)).to.deep.equal(await historyOf(user));
        expect(tally(own)).to.deep.equal({ '201': 5 });
      }
      expect(updates).to.be.within(1, 40);
    });

    it('fill a balance to its largest value and no further, and refuse the others alone', async () => {
      const [rich = '', other = ''] = await world.users(2, { points: 9_999_950 });
      const outcomes = await Promise.all([
        ...times(40, () => world.charge(rich, 10)),
        world.charge(other, 50),
        world.charge(other, 1),
      ]);
      expect(tally(outcomes.slice(0, 40))).to.deep.equal({
        '201': 5,
        '409 point-limit-exceeded': 35,
      });
      expect(tally(outcomes.slice(40))).to.deep.equal({ '201': 1, '409 point-limit-exceeded': 1 });
    });

    it('keep their keys: replayed byte for byte, a refusal not at all', async () => {
      const users = await world.users(3);
      const all = () =>
        Promise.all(times(60, (i) => world.charge(String(users[i % 3]), 5, `charge-${i}`)));
      const [first, again] = [await all(), await all()];
      expect(tally(first)).to.deep.equal({ '201': 60 });
      again.forEach(({ replayed, rawBody }, i) => {
        expect([replayed, rawBody]).to.deep.equal([true, first[i]?.rawBody]);
      });
    });

    it('go on when an account is switched off, and beside payments and another instance', async () => {
      const date = await world.date({ seats: 20, price: 10, seatsPerUser: 20 });
      const [user = '', gone = ''] = await world.users(2, { points: 200 });
      await world.sql("UPDATE users SET status = 'INACTIVE' WHERE user_id = ?", [gone]);
      const held = await Promise.all(
        date.seatIds.map((seatId) => world.hold(user, date, [seatId])),
      );
      const outcomes = await Promise.all([
        ...times(60, (i) => (i % 2 ? world : second).charge(user, 3)),
        ...held.map(({ body }, i) =>
          (i % 2 ? world : second).pay(user, date, [String(body.reservations[0]?.reservationId)]),
        ),
        ...times(20, () => world.charge(gone, 3)),
      ]);
      expect(tally(outcomes)).to.deep.equal({ '201': 80, '403 forbidden': 20 });
      expect((await historyOf(user)).at(-1)?.after).to.equal(200 + 180 - 200);
    });
  });
}
