import { expect } from 'chai';
import {
  openSaleWorld,
  type Outcome,
  reservationIds,
  type SaleWorld,
  tally,
  times,
} from './sale-world.ts';

const heldBy = (outcome: Outcome | undefined): string[] => (outcome ? reservationIds(outcome) : []);

for (const locks of ['on', 'off'] as const) {
  describe(`core: calls that share a transaction, locks ${locks}`, () => {
    let world: SaleWorld;
    /** How often a statement was sent that begins so. */
    let sent: Record<string, number> = {};
    const count = (sql: string): string => {
      const name = /^(INSERT INTO|UPDATE) \w+/.exec(sql)?.[0] ?? 'other';
      sent[name] = (sent[name] ?? 0) + 1;
      return sql;
    };
    before(async () => {
      world = await openSaleWorld({ locks, rewrite: count });
    });
    after(() => world.close());
    beforeEach(() => {
      sent = {};
    });
    afterEach(async () => {
      expect(await world.violations()).to.deep.equal([]);
    });

    it('hold and pay 120 seats of 120 accounts by a few statements, each with its own answer', async () => {
      const date = await world.date({ seats: 120, price: 70 });
      const users = await world.users(120, { points: 100 });
      const held = await Promise.all(
        users.map((id, i) => world.hold(id, date, [String(date.seatIds[i])])),
      );
      expect(tally(held)).to.deep.equal({ '201': 120 });
      held.forEach(({ body }, i) => {
        expect(body.reservations.map(({ seatId }) => seatId)).to.deep.equal([date.seatIds[i]]);
      });
      const paid = await Promise.all(users.map((id, i) => world.pay(id, date, heldBy(held[i]))));
      expect(tally(paid)).to.deep.equal({ '201': 120 });
      paid.forEach(({ body }, i) => {
        expect(body.point).to.equal(30);
        const ids = body.payments.map(({ reservationId }) => reservationId);
        expect(ids).to.deep.equal(heldBy(held[i]));
      });
      for (const name of ['INSERT INTO reservation', 'INSERT INTO payment', 'UPDATE point']) {
        expect(sent[name], name).to.be.within(1, 40);
      }
      const [row] = await world.sql<{ owners: number }>(
        `SELECT COUNT(DISTINCT user_id) AS owners FROM reservation
           WHERE concert_id = ? AND reservation_status = 'CONFIRMED'`,
        [date.concertId],
      );
      expect(row?.owners).to.equal(120);
    });

    it('are refused one by one, each for its own reason', async () => {
      const date = await world.date({ seats: 60, price: 10, seatsPerUser: 2 });
      const other = await world.date({ seats: 1 });
      const users = await world.users(50, { points: 10 });
      const [owner, broke = '', ...buyers] = users;
      await world.hold(String(owner), date, date.seatIds.slice(0, 2));
      const seat = (n: number): string => String(date.seatIds[n]);
      const outcomes = await Promise.all([
        world.hold(String(owner), date, [seat(2)]),
        world.hold(broke, date, [seat(3), seat(4)]),
        ...buyers.map((id, i) => {
          if (i % 4 === 0) return world.hold(id, date, [seat(0)]);
          if (i % 4 === 1) return world.hold(id, date, [String(other.seatIds[0])]);
          if (i % 4 === 2) return world.hold(id, other, [seat(5)]);
          return world.hold(id, date, [seat(6 + i)]);
        }),
      ]);
      expect(tally(outcomes)).to.deep.equal({
        '409 seat-limit-exceeded': 1,
        '201': 13,
        '409 seat-taken': 12,
        '404 not-found': 24,
      });
      const holders = buyers.flatMap((id, i) => (i % 4 === 3 ? [{ id, i }] : []));
      const idsOf = (i: number) => heldBy(outcomes[i + 2]);
      const pays = await Promise.all([
        world.pay(broke, date, heldBy(outcomes[1])),
        world.pay(String(owner), date, idsOf(3)),
        ...holders.map(({ id, i }) => world.pay(id, date, idsOf(i))),
      ]);
      expect(tally(pays)).to.deep.equal({
        '409 insufficient-points': 1,
        '404 not-found': 1,
        '201': 12,
      });
      const again = await Promise.all(holders.map(({ id, i }) => world.pay(id, date, idsOf(i))));
      expect(tally(again)).to.deep.equal({ '409 already-paid': 12 });
    });

    it('go on when one of them meets what nobody expected', async () => {
      const date = await world.date({ seats: 50 });
      const users = await world.users(50);
      const [first] = date.seatIds;
      const left = await world.hold(String(users[49]), date, [String(first)]);
      await world.letRunOut(heldBy(left));
      // An overdue hold that still stands is in the way of the rows of the batch.
      const held = await Promise.all(
        users.map((id, i) => world.hold(id, date, [String(date.seatIds[i])])),
      );
      expect(tally(held)).to.deep.equal({ '201': 50 });
    });

    it('keep their keys: 50 of hold and pay are replayed byte for byte', async () => {
      const date = await world.date({ seats: 50, price: 5 });
      const users = await world.users(50, { points: 5 });
      const hold = () =>
        Promise.all(users.map((id, i) => world.hold(id, date, [String(date.seatIds[i])], `h${i}`)));
      const [held, heldAgain] = [await hold(), await hold()];
      const pay = () =>
        Promise.all(users.map((id, i) => world.pay(id, date, heldBy(held[i]), `p${i}`)));
      const [paid, paidAgain] = [await pay(), await pay()];
      for (const [firsts, seconds] of [
        [held, heldAgain],
        [paid, paidAgain],
      ]) {
        expect(tally(firsts ?? [])).to.deep.equal({ '201': 50 });
        seconds?.forEach(({ replayed, rawBody }, i) => {
          expect([replayed, rawBody]).to.deep.equal([true, firsts?.[i]?.rawBody]);
        });
      }
      const stored = times(50, (i) => `p${i}`);
      const rows = await world.sql('SELECT 1 FROM idempotency_key WHERE call_name = ?', [
        'createPayments',
      ]);
      expect(rows).to.have.length(stored.length);
    });

    it('are apart for one account: its limit holds over 50 calls at once', async () => {
      const date = await world.date({ seats: 100, seatsPerUser: 3 });
      const [user = '', ...others] = await world.users(51);
      const outcomes = await Promise.all(
        others.flatMap((id, i) => [
          world.hold(user, date, [String(date.seatIds[i])]),
          world.hold(id, date, [String(date.seatIds[50 + i])]),
        ]),
      );
      const own = outcomes.filter((_, i) => i % 2 === 0);
      expect(tally(own)).to.deep.equal({ '201': 3, '409 seat-limit-exceeded': 47 });
      expect(tally(outcomes)['201']).to.equal(53);
    });
  });
}
