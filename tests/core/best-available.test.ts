import { expect } from 'chai';
import {
  openSaleWorld,
  type Outcome,
  reservationIds,
  type SaleWorld,
  tally,
} from './sale-world.ts';

const numbersOf = ({ body }: Outcome): number[] => body.reservations.map(({ seatNum }) => seatNum);

describe('core: best available', () => {
  let world: SaleWorld;
  before(async () => {
    world = await openSaleWorld({ poolMax: 20 });
  });
  after(() => world.close());
  afterEach(async () => {
    expect(await world.violations()).to.deep.equal([]);
  });

  it('seats people side by side, lowest numbers first, and leaves no lone seat', async () => {
    const date = await world.date({ seats: 9, seatsPerUser: 9 });
    const [a, b, c, d] = (await world.users(4)) as [string, string, string, string];
    await world.hold(a, date, date.seatIds.slice(3, 4));
    // Free: 1 2 3, 5 6 7 8 9. Two of the first three would leave one alone.
    expect(numbersOf(await world.holdAny(b, date, 2))).to.deep.equal([5, 6]);
    expect(numbersOf(await world.holdAny(c, date, 3))).to.deep.equal([1, 2, 3]);
    expect(numbersOf(await world.holdAny(d, date, 3))).to.deep.equal([7, 8, 9]);
  });

  it('takes seats apart when none are side by side, and overdue ones when nothing else is left', async () => {
    const date = await world.date({ seats: 5, seatsPerUser: 5 });
    const [a, b, c] = (await world.users(3)) as [string, string, string];
    const held = await world.hold(a, date, [String(date.seatIds[1]), String(date.seatIds[3])]);
    expect(numbersOf(await world.holdAny(b, date, 2))).to.deep.equal([1, 3]);
    expect((await world.holdAny(c, date, 2)).word).to.equal('409 seat-taken');
    await world.letRunOut(reservationIds(held));
    expect(numbersOf(await world.holdAny(c, date, 3))).to.deep.equal([2, 4, 5]);
  });

  it('finds seats side by side however far behind lone ones they are', async () => {
    const date = await world.date({ seats: 860 });
    const [user] = (await world.users(1)) as [string];
    await world.database.run(
      `UPDATE concert_seat SET status = 'INACTIVE'
         WHERE concert_id = ? AND seat_num % 2 = 0 AND seat_num <= 850`,
      [date.concertId],
    );
    expect(numbersOf(await world.holdAny(user, date, 2))).to.deep.equal([851, 852]);
  });

  it('keeps to the price that was named', async () => {
    const date = await world.date({ seats: 6, price: 900 });
    const [user] = (await world.users(1)) as [string];
    await world.database.run(
      'UPDATE concert_seat SET price = 500 WHERE concert_id = ? AND seat_num >= 4',
      [date.concertId],
    );
    const held = await world.holdUpTo(user, date, { quantity: 2, maxPrice: 500 });
    expect(held.body.reservations.map(({ seatNum, price }) => [seatNum, price])).to.deep.equal([
      [4, 500],
      [5, 500],
    ]);
    const tooMany = await world.holdUpTo(user, date, { quantity: 2, maxPrice: 500 });
    expect(tooMany.word).to.equal('409 seat-taken');
  });

  it('sells every seat to 96 parallel buyers in mixed sizes, and refuses nobody before', async () => {
    const date = await world.date({ seats: 240, seatsPerUser: 4 });
    const users = await world.users(96);
    // 1 + 2 + 3 + 4 seats, 24 times over: exactly all of them.
    const outcomes = await Promise.all(users.map((id, i) => world.holdAny(id, date, (i % 4) + 1)));
    expect(tally(outcomes)).to.deep.equal({ '201': 96 });
    expect(new Set(outcomes.flatMap(numbersOf)).size).to.equal(240);
    const [late] = (await world.users(1)) as [string];
    expect((await world.holdAny(late, date, 1)).word).to.equal('409 seat-taken');
    const together = outcomes.filter((outcome) => {
      const numbers = numbersOf(outcome);
      return (numbers.at(-1) ?? 0) - (numbers[0] ?? 0) === numbers.length - 1;
    });
    expect(together.length, 'groups side by side').to.be.greaterThan(60);
  });
});
