import { expect } from 'chai';
import { createConcertRepository } from '../../core-api/concerts/concert-repository.ts';
import { createFoldCounts } from '../../core-api/schedules/fold-counts.ts';
import { createScheduleRepository } from '../../core-api/schedules/schedule-repository.ts';
import { createSeatCountRepository } from '../../core-api/schedules/seat-count-repository.ts';
import { openSaleWorld, reservationIds, type SaleWorld, type TestDate } from './sale-world.ts';

describe('core: seats counted without looking at them', () => {
  let world: SaleWorld;
  before(async () => {
    world = await openSaleWorld();
  });
  after(() => world.close());
  afterEach(async () => {
    expect(await world.violations()).to.deep.equal([]);
  });

  const countsOf = async ({ concertId }: TestDate) => {
    const found = await createScheduleRepository(world.database).countsOf(concertId);
    const [{ total, held, sold } = {}] = found?.schedules ?? [];
    return { total, held, sold };
  };
  const rowsOf = async ({ scheduleId }: TestDate) => {
    const sql = 'SELECT COUNT(*) AS n FROM seat_count WHERE concert_schedule_id = ?';
    return (await world.sql<{ n: number }>(sql, [scheduleId]))[0]?.n ?? 0;
  };
  const fold = () => {
    const { database } = world;
    return createFoldCounts({
      counts: createSeatCountRepository(database),
      transaction: database.transaction,
    })();
  };

  it('follow hold, payment, release, refund and time, each once', async () => {
    const date = await world.date({ seats: 10, price: 10 });
    const [user] = await world.users(1, { points: 100 });
    const id = String(user);
    const held = await world.hold(id, date, date.seatIds.slice(0, 4));
    expect(await countsOf(date)).to.deep.equal({ total: 10, held: 4, sold: 0 });
    const [first = '', second = '', ...overdue] = reservationIds(held);
    const paid = await world.pay(id, date, [first]);
    await world.release(id, date.concertId, second);
    expect(await countsOf(date)).to.deep.equal({ total: 10, held: 2, sold: 1 });
    await world.letRunOut(overdue);
    expect(await countsOf(date)).to.deep.equal({ total: 10, held: 0, sold: 1 });
    await world.expiry.expireOverdue();
    expect(await countsOf(date)).to.deep.equal({ total: 10, held: 0, sold: 1 });
    await world.refund(id, String(paid.body.payments[0]?.paymentId));
    expect(await countsOf(date)).to.deep.equal({ total: 10, held: 0, sold: 0 });
  });

  it('stay exact while 60 buyers hold, pay and let go, and two instances fold', async () => {
    const date = await world.date({ seats: 300, price: 1 });
    const users = await world.users(60, { points: 100 });
    let isSelling = true;
    const folding = [1, 2].map(async () => {
      while (isSelling) await fold();
    });
    const totals = new Set<number | undefined>();
    const reading = (async () => {
      while (isSelling) totals.add((await countsOf(date)).total);
    })();
    await Promise.all(
      users.map(async (id, i) => {
        const held = await world.hold(id, date, date.seatIds.slice(i * 4, i * 4 + 4));
        const ids = reservationIds(held);
        await world.pay(id, date, ids.slice(0, 2));
        await world.release(id, date.concertId, String(ids[2]));
      }),
    );
    isSelling = false;
    await Promise.all([...folding, reading]);
    expect(await countsOf(date)).to.deep.equal({ total: 300, held: 60, sold: 120 });
    // Whoever read in the midst of a fold saw neither too much nor too little.
    expect([...totals]).to.deep.equal([300]);
  });

  it('come from a few rows, however many seats and changes there were', async () => {
    const date = await world.date({ seats: 1_500 });
    expect(await rowsOf(date)).to.equal(1_501);
    while ((await fold()) === 'more');
    expect(await rowsOf(date)).to.be.lessThan(200);
    expect(await countsOf(date)).to.deep.equal({ total: 1_500, held: 0, sold: 0 });
  });

  it('are folded for one date after the other, without a pause between', async () => {
    const dates = [];
    for (let made = 0; made < 3; made += 1) dates.push(await world.date({ seats: 300 }));
    while ((await fold()) === 'more');
    for (const date of dates) {
      expect(await rowsOf(date)).to.be.lessThan(200);
      expect(await countsOf(date)).to.deep.equal({ total: 300, held: 0, sold: 0 });
    }
  });

  it('say that a concert is sold out without a look at any of its seats', async () => {
    const date = await world.date({ seats: 1_500 });
    await world.sql("UPDATE concert_seat SET seat_status = 'SOLD' WHERE concert_schedule_id = ?", [
      date.scheduleId,
    ]);
    while ((await fold()) === 'more');
    await world.database.transaction(async (tx) => {
      const reads = async () => {
        const rows = await tx.rows<{ Value: string }>("SHOW SESSION STATUS LIKE 'Handler_read%'");
        return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
      };
      const concerts = createConcertRepository({ ...world.database, rows: tx.rows });
      const before = await reads();
      expect((await concerts.find(date.concertId))?.saleState).to.equal('SOLD_OUT');
      expect((await reads()) - before).to.be.lessThan(1_000);
    });
    await world.sql(
      "UPDATE concert_seat SET seat_status = 'AVAILABLE' WHERE concert_schedule_id = ?",
      [date.scheduleId],
    );
  });

  it('are made from the seats where the account may not make triggers', async () => {
    const bare = await openSaleWorld();
    for (const name of ['tr_schedule_counted', 'tr_seat_counted', 'tr_seat_recounted']) {
      await bare.database.sequelize.query(`DROP TRIGGER ${name}`);
    }
    const date = await bare.date({ seats: 7 });
    const [user] = await bare.users(1);
    await bare.hold(String(user), date, date.seatIds.slice(0, 2));
    const found = await createScheduleRepository(bare.database).countsOf(date.concertId);
    expect(found?.schedules[0]).to.include({ total: 7, held: 2, sold: 0 });
    const stateOf = async () =>
      (await createConcertRepository(bare.database).find(date.concertId))?.saleState;
    expect(await stateOf()).to.equal('ON_SALE');
    await bare.sql("UPDATE concert_seat SET seat_status = 'SOLD', held_until = NULL");
    expect(await stateOf()).to.equal('SOLD_OUT');
    await bare.close();
  });
});
