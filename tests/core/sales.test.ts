import { expect } from 'chai';
import { openSaleWorld, reservationIds, type SaleWorld, type TestDate } from './sale-world.ts';

describe('core: sales', () => {
  let world: SaleWorld;
  before(async () => {
    world = await openSaleWorld();
  });
  after(() => world.close());
  afterEach(async () => {
    expect(await world.violations()).to.deep.equal([]);
  });

  const one = async (points = 0): Promise<string> => String((await world.users(1, { points }))[0]);

  it('refuses a date of another concert, a past one, a withdrawn one, a seat of another date', async () => {
    const [here, there, past, gone] = await Promise.all([
      world.date({ seats: 2 }),
      world.date({ seats: 2 }),
      world.date({ seats: 2, hoursAhead: -1 }),
      world.date({ seats: 2 }),
    ]);
    await world.database.run(
      "UPDATE concert_schedule SET status = 'INACTIVE' WHERE concert_schedule_id = ?",
      [gone.scheduleId],
    );
    const id = await one();
    const mixed: TestDate = { ...here, scheduleId: there.scheduleId };
    expect((await world.hold(id, mixed, there.seatIds)).word).to.equal('404 not-found');
    expect((await world.hold(id, past, past.seatIds)).word).to.equal('409 schedule-closed');
    expect((await world.hold(id, gone, gone.seatIds)).word).to.equal('409 schedule-closed');
    expect((await world.holdAny(id, gone, 1)).word).to.equal('409 schedule-closed');
    const foreign = await world.hold(id, here, [...here.seatIds, String(there.seatIds[0])]);
    expect([foreign.word, foreign.extra]).to.deep.equal([
      '404 not-found',
      { seatIds: there.seatIds.slice(0, 1) },
    ]);
  });

  it('names the seats that are taken, and takes none of the others', async () => {
    const date = await world.date({ seats: 4 });
    const [first, second] = [await one(), await one()];
    await world.hold(first, date, date.seatIds.slice(1, 3));
    const refused = await world.hold(second, date, date.seatIds);
    expect([refused.word, refused.extra]).to.deep.equal([
      '409 seat-taken',
      { seatIds: date.seatIds.slice(1, 3) },
    ]);
    const rows = await world.sql(
      "SELECT seat_id FROM concert_seat WHERE concert_id = ? AND seat_status = 'HELD'",
      [date.concertId],
    );
    expect(rows).to.have.length(2);
  });

  it('counts bought seats and holds in time to the limit, overdue and released ones not', async () => {
    const date = await world.date({ seats: 10, price: 5, seatsPerUser: 3 });
    const id = await one(100);
    const held = reservationIds(await world.hold(id, date, date.seatIds.slice(0, 3)));
    expect((await world.holdAny(id, date, 1)).word).to.equal('409 seat-limit-exceeded');
    await world.pay(id, date, held.slice(0, 1));
    await world.letRunOut(held.slice(1, 2));
    await world.release(id, date.concertId, String(held[2]));
    expect((await world.holdAny(id, date, 3)).word).to.equal('409 seat-limit-exceeded');
    expect((await world.holdAny(id, date, 2)).word).to.equal('201');
  });

  it('gives a hold the same end on seat and reservation, to the microsecond', async () => {
    const date = await world.date({ seats: 2 });
    const held = await world.hold(await one(), date, date.seatIds);
    const rows = await world.sql<{ same: number; seconds: number; micros: number }>(
      `SELECT r.reservation_expire_dt = s.held_until AS same,
         ROUND(TIMESTAMPDIFF(MICROSECOND, r.reservation_dt, s.held_until) / 1000000) AS seconds,
         r.price = s.price AND s.seat_version = 1 AS right_price
       FROM reservation r JOIN concert_seat s USING (seat_id) WHERE r.concert_id = ?`,
      [date.concertId],
    );
    expect(rows.map((row) => Object.values(row).map(Number))).to.deep.equal([
      [1, 300, 1],
      [1, 300, 1],
    ]);
    const endsMs = Date.parse(String(held.body.reservations[0]?.reservationExpireDt));
    expect(endsMs - Date.now()).to.be.within(290_000, 301_000);
  });

  it('sells a seat that costs nothing to an account without points', async () => {
    const date = await world.date({ seats: 1, price: 0 });
    const id = await one();
    const paid = await world.pay(
      id,
      date,
      reservationIds(await world.hold(id, date, date.seatIds)),
    );
    expect([paid.word, paid.body.point]).to.deep.equal(['201', 0]);
    expect(paid.body.payments).to.have.length(1);
  });

  it('keeps from each other what belongs to two accounts and two concerts', async () => {
    const [date, other] = [await world.date({ seats: 2 }), await world.date({ seats: 2 })];
    const [owner, stranger] = [await one(5_000), await one(5_000)];
    const ids = reservationIds(await world.hold(owner, date, date.seatIds));
    expect((await world.pay(stranger, date, ids)).word).to.equal('404 not-found');
    expect((await world.pay(owner, other, ids)).word).to.equal('404 not-found');
    const id = String(ids[0]);
    expect((await world.release(stranger, date.concertId, id)).word).to.equal('404 not-found');
    expect((await world.release(owner, other.concertId, id)).word).to.equal('404 not-found');
    const paid = await world.pay(owner, date, ids);
    const paymentId = String(paid.body.payments[0]?.paymentId);
    expect((await world.refund(stranger, paymentId)).word).to.equal('404 not-found');
    expect((await world.payments.list(stranger, { limit: 5 })).items).to.deep.equal([]);
    expect((await world.reservations.list(stranger, { limit: 5 })).items).to.deep.equal([]);
  });

  it('releases a hold once, says so twice, and never a paid or overdue one', async () => {
    const date = await world.date({ seats: 3, price: 1 });
    const id = await one(10);
    const [a, b, c] = reservationIds(await world.hold(id, date, date.seatIds));
    const release = async (which: string | undefined) =>
      (await world.release(id, date.concertId, String(which))).word;
    expect([await release(a), await release(a)]).to.deep.equal(['204', '204']);
    await world.pay(id, date, [String(b)]);
    expect(await release(b)).to.equal('409 already-paid');
    await world.letRunOut([String(c)]);
    expect(await release(c)).to.equal('409 hold-expired');
    expect((await world.pay(id, date, [String(c)])).word).to.equal('409 hold-expired');
  });

  it('refunds until the owner’s deadline, above the largest balance too', async () => {
    const late = await world.date({ seats: 1, price: 10, hoursAhead: 23, refundUntilHours: 24 });
    const date = await world.date({ seats: 1, price: 10, hoursAhead: 25, refundUntilHours: 24 });
    const id = await one(20);
    const buy = async (where: TestDate) => {
      const held = await world.hold(id, where, where.seatIds);
      const paid = await world.pay(id, where, reservationIds(held));
      return String(paid.body.payments[0]?.paymentId);
    };
    const [tooLate, inTime] = [await buy(late), await buy(date)];
    expect((await world.refund(id, tooLate)).word).to.equal('409 refund-closed');
    await world.charge(id, 1_000_000);
    for (let sum = 1_000_000; sum < 10_000_000; sum += 1_000_000) await world.charge(id, 1_000_000);
    expect((await world.charge(id, 1)).word).to.equal('409 point-limit-exceeded');
    const refunded = await world.refund(id, inTime);
    expect([refunded.word, refunded.body.point]).to.deep.equal(['201', 10_000_010]);
    expect((await world.refund(id, inTime)).word).to.equal('409 already-refunded');
    expect((await world.charge(id, 1_000_001)).word).to.equal('400 invalid-request');
  });

  it('refuses an account that is switched off', async () => {
    const date = await world.date({ seats: 1 });
    const id = await one(10);
    await world.database.run("UPDATE users SET status = 'INACTIVE' WHERE user_id = ?", [id]);
    expect((await world.hold(id, date, date.seatIds)).word).to.equal('403 forbidden');
    expect((await world.charge(id, 1)).word).to.equal('403 forbidden');
  });

  it('lists newest first, page by page', async () => {
    const date = await world.date({ seats: 5, price: 1, seatsPerUser: 5 });
    const id = await one(10);
    const ids: string[] = [];
    for (const seatId of date.seatIds) {
      ids.push(...reservationIds(await world.hold(id, date, [seatId])));
    }
    await world.pay(id, date, ids);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await world.reservations.list(id, { limit: 2, cursor });
      seen.push(...page.items.map(({ reservationId }) => reservationId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).to.deep.equal([...ids].reverse());
    const payments = await world.payments.list(id, { limit: 3 });
    expect(payments.items.map(({ reservationId }) => reservationId)).to.deep.equal(
      [...ids].reverse().slice(0, 3),
    );
    expect(payments.nextCursor).to.equal(payments.items[2]?.paymentId);
  });
});
