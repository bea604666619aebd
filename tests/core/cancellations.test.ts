import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Cancellation } from '../../shared/contracts/cancellations.ts';
import { eventually } from '../harness/eventually.ts';
import {
  openSaleWorld,
  reservationIds,
  type SaleWorld,
  tally,
  type TestDate,
  times,
} from './sale-world.ts';

const child = fileURLToPath(new URL('cancel-child.ts', import.meta.url));

describe('core: a date that is called off', () => {
  let world: SaleWorld;
  before(async () => {
    world = await openSaleWorld();
  });
  after(() => world.close());
  afterEach(async () => {
    expect(await world.violations()).to.deep.equal([]);
  });

  const cancel = (date: TestDate): Promise<Cancellation> =>
    world.afterSales.cancellations.begin(date, '1');

  async function giveAllBack(date: TestDate): Promise<Cancellation> {
    while ((await world.afterSales.giveBack()) === 'more');
    return world.afterSales.cancellations.progress(date);
  }

  /** Accounts with a paid seat each, past the calls: the rows as a sale leaves them. */
  async function soldOut(count: number, price: number): Promise<TestDate> {
    const users = await world.users(count, { points: price });
    const date = await world.date({ seats: count, price });
    const of = [date.scheduleId];
    await world.database.run(
      `INSERT INTO reservation (user_id, seat_id, concert_id, concert_schedule_id, price,
         reservation_expire_dt, reservation_status)
       SELECT ? + seat_num - 1, seat_id, concert_id, concert_schedule_id, price,
         SYSDATE(6) + INTERVAL 5 MINUTE, 'CONFIRMED'
       FROM concert_seat WHERE concert_schedule_id = ?`,
      [String(users[0]), ...of],
    );
    await world.database.run(
      "UPDATE concert_seat SET seat_status = 'SOLD' WHERE concert_schedule_id = ?",
      of,
    );
    await world.database.run(
      `INSERT INTO payment (user_id, reservation_id, amount, payment_status)
       SELECT user_id, reservation_id, price, 'COMPLETED' FROM reservation
       WHERE concert_schedule_id = ?`,
      of,
    );
    await world.database.run(
      `INSERT INTO point_history (point_id, seq, amount, point_after_transaction, type, payment_id)
       SELECT a.point_id, 2, -p.amount, 0, 'USE', p.payment_id FROM payment p
         JOIN reservation r ON r.reservation_id = p.reservation_id
         JOIN point a ON a.user_id = p.user_id WHERE r.concert_schedule_id = ?`,
      of,
    );
    await world.database.run(
      `UPDATE point a JOIN reservation r ON r.user_id = a.user_id
         SET a.point = 0, a.version = 2 WHERE r.concert_schedule_id = ?`,
      of,
    );
    return date;
  }

  it('gives points and seats back, lets holds go and tells the gateway, once', async () => {
    const date = await world.date({ seats: 6, price: 700 });
    const [buyer, holder] = (await world.users(2, { points: 2_000 })).map(String);
    if (!buyer || !holder) throw new Error('no users');
    const held = await world.hold(buyer, date, date.seatIds.slice(0, 2));
    await world.pay(buyer, date, reservationIds(held));
    const kept = await world.hold(holder, date, date.seatIds.slice(2, 4));

    const begun = await cancel(date);
    expect(begun).to.include({ state: 'RUNNING', left: 4, refunded: 0, finishedAt: null });
    const done = await giveAllBack(date);
    expect(done).to.include({ state: 'DONE', released: 2, refunded: 2, left: 0 });
    expect(done.refundedPoints).to.equal(1_400);
    expect(await cancel(date)).to.deep.equal(done);

    const balances = await world.sql('SELECT point FROM point WHERE user_id IN (?, ?)', [
      buyer,
      holder,
    ]);
    expect(balances).to.deep.equal([{ point: 2_000 }, { point: 2_000 }]);
    const told = await world.sql<{ type: string; payload: string }>(
      'SELECT event_type AS type, payload FROM outbox_event WHERE concert_id = ? ORDER BY event_id',
      [date.concertId],
    );
    const of = (type: string) =>
      told
        .filter((event) => event.type === type)
        .map(({ payload }) => JSON.parse(payload) as object);
    expect(of('schedule.cancelled')).to.deep.equal([{ concertScheduleId: date.scheduleId }]);
    expect(of('payment.refunded')).to.have.length(1);
    expect(of('payment.refunded')[0]).to.deep.include({ userId: buyer, amount: 1_400 });
    const released = { userId: holder, entryId: '7', reservationIds: reservationIds(kept) };
    expect(of('reservation.cancelled')).to.deep.equal([{ ...released, holdsLeft: 0 }]);
  });

  it('sells nothing from the answer on: no hold and no payment', async () => {
    const date = await world.date({ seats: 4, price: 100 });
    const [one, other] = (await world.users(2, { points: 1_000 })).map(String);
    if (!one || !other) throw new Error('no users');
    const held = await world.hold(one, date, date.seatIds.slice(0, 1));
    await cancel(date);
    const words = [
      await world.hold(other, date, date.seatIds.slice(1, 2)),
      await world.holdAny(other, date, 1),
      await world.pay(one, date, reservationIds(held)),
    ].map(({ word }) => word);
    expect(words).to.deep.equal(['409 schedule-closed', '409 schedule-closed', '409 hold-expired']);
    expect(await giveAllBack(date)).to.include({ released: 1, refunded: 0, left: 0 });
    const after = await world.pay(one, date, reservationIds(held));
    expect(after.word).to.equal('409 hold-expired');
  });

  it('refunds whoever paid in the last moment and nobody else, 60 payments in flight', async () => {
    for (const round of times(3, (index) => index)) {
      const date = await world.date({ seats: 60, price: 50 });
      const users = await world.users(60, { points: 50 });
      const holds = await Promise.all(
        users.map((user, i) => world.hold(user, date, date.seatIds.slice(i, i + 1))),
      );
      expect(tally(holds)).to.deep.equal({ '201': 60 });
      const [pays] = await Promise.all([
        Promise.all(
          users.map((user, i) => {
            const held = holds[i];
            return world.pay(user, date, held ? reservationIds(held) : []);
          }),
        ),
        cancel(date),
        ...times(2, () => world.afterSales.giveBack()),
      ]);
      const paid = pays.filter(({ word }) => word === '201').length;
      const refused = tally(pays.filter(({ word }) => word !== '201'));
      expect(refused, `round ${round}`).to.deep.equal(
        paid < 60 ? { '409 hold-expired': 60 - paid } : {},
      );
      const done = await giveAllBack(date);
      expect(done).to.include({ state: 'DONE', refunded: paid, released: 60 - paid, left: 0 });
      const [sum] = await world.sql(
        `SELECT CAST(SUM(point) AS SIGNED) AS points FROM point WHERE user_id IN (${users.join()})`,
      );
      expect(sum).to.deep.equal({ points: 60 * 50 });
    }
  });

  it('gives 5,000 payments back, once each, by two instances at once', async () => {
    const date = await soldOut(5_000, 30);
    expect(await cancel(date)).to.include({ left: 5_000 });
    const instance = await openSaleWorld({ beside: world });
    const until = async ({ afterSales }: SaleWorld) => {
      while ((await afterSales.giveBack()) === 'more');
    };
    await Promise.all([until(world), until(instance)]);
    const done = await giveAllBack(date);
    await instance.close();
    expect(done).to.include({ state: 'DONE', refunded: 5_000, refundedPoints: 150_000, left: 0 });
    const rows = await world.sql(
      `SELECT COUNT(*) AS refunds FROM point_history h JOIN payment p ON p.payment_id = h.payment_id
         JOIN reservation r ON r.reservation_id = p.reservation_id
       WHERE h.type = 'REFUND' AND r.concert_schedule_id = ?`,
      [date.scheduleId],
    );
    expect(rows).to.deep.equal([{ refunds: 5_000 }]);
  });

  it('goes on where a killed process stopped, and gives nothing twice', async () => {
    const date = await soldOut(1_500, 20);
    await cancel(date);
    const killed = spawn(process.execPath, ['--import', 'tsx', child, world.databaseUrl], {
      stdio: 'ignore',
    });
    const ended = once(killed, 'exit');
    await eventually(
      async () => {
        const { refunded } = await world.afterSales.cancellations.progress(date);
        expect(refunded).to.be.greaterThan(0);
      },
      { deadlineMs: 30_000 },
    );
    killed.kill('SIGKILL');
    await ended;
    expect(await world.violations()).to.deep.equal([]);
    const done = await giveAllBack(date);
    expect(done).to.include({ state: 'DONE', refunded: 1_500, refundedPoints: 30_000, left: 0 });
  });

  it('does not refund twice what 50 holders ask back while it runs', async () => {
    const date = await world.date({ seats: 50, price: 40 });
    const users = await world.users(50, { points: 40 });
    const paid = await Promise.all(
      users.map(async (user, i) => {
        const held = await world.hold(user, date, date.seatIds.slice(i, i + 1));
        return world.pay(user, date, reservationIds(held));
      }),
    );
    expect(tally(paid)).to.deep.equal({ '201': 50 });
    await cancel(date);
    const [own] = await Promise.all([
      Promise.all(
        paid.map(({ body }, i) =>
          world.refund(String(users[i]), String(body.payments[0]?.paymentId)),
        ),
      ),
      giveAllBack(date),
    ]);
    const back = own.filter(({ word }) => word === '201').length;
    const refused = tally(own.filter(({ word }) => word !== '201'));
    expect(refused).to.deep.equal(back < 50 ? { '409 already-refunded': 50 - back } : {});
    const done = await giveAllBack(date);
    expect(done).to.include({ state: 'DONE', refunded: 50 - back, left: 0 });
  });
});
