import { expect } from 'chai';
import type { CoreEvent } from '../../shared/contracts/internal.ts';
import { eventually } from '../harness/eventually.ts';
import { openSaleWorld, reservationIds, type SaleWorld, times } from './sale-world.ts';

describe('core: expiry', () => {
  let world: SaleWorld;
  let second: SaleWorld;
  before(async () => {
    world = await openSaleWorld();
    second = await openSaleWorld({ beside: world });
  });
  after(async () => {
    await second.close();
    await world.close();
  });
  afterEach(async () => {
    expect(await world.violations()).to.deep.equal([]);
  });

  const events = (type: CoreEvent['type']) =>
    world.sql<{ payload: string; n: number }>(
      'SELECT payload FROM outbox_event WHERE event_type = ? ORDER BY event_id',
      [type],
    );

  it('ends each overdue hold once, by two instances at once, and frees its seat', async () => {
    const date = await world.date({ seats: 240 });
    const users = await world.users(60);
    const holds = await Promise.all(
      users.map((id, i) => world.hold(id, date, date.seatIds.slice(i * 4, i * 4 + 4))),
    );
    await world.letRunOut(holds.flatMap(reservationIds));
    await eventually(async () => {
      await Promise.all(times(6, (i) => (i % 2 ? world : second).expiry.expireOverdue()));
      const rows = await world.sql(
        `SELECT COUNT(*) AS n, SUM(reservation_status = 'EXPIRED') AS expired FROM reservation
           WHERE concert_id = ?`,
        [date.concertId],
      );
      expect(rows).to.deep.equal([{ n: 240, expired: '240' }]);
    });
    const seats = await world.sql(
      "SELECT COUNT(*) AS n FROM concert_seat WHERE concert_id = ? AND seat_status = 'AVAILABLE'",
      [date.concertId],
    );
    expect(seats).to.deep.equal([{ n: 240 }]);
    const told = (await events('reservation.expired')).map(
      ({ payload }) => JSON.parse(payload) as { reservationIds: string[]; holdsLeft: number },
    );
    const ids = told.flatMap((event) => event.reservationIds);
    expect(ids).to.have.length(240);
    expect(new Set(ids).size).to.equal(240);
  });

  it('tells how many holds an account has left', async () => {
    const date = await world.date({ seats: 3 });
    const [user] = await world.users(1);
    const held = reservationIds(await world.hold(String(user), date, date.seatIds));
    await world.letRunOut(held.slice(0, 2));
    await world.expiry.expireOverdue();
    const rows = await world.sql<{ payload: string }>(
      "SELECT payload FROM outbox_event WHERE concert_id = ? AND event_type = 'reservation.expired'",
      [date.concertId],
    );
    expect(rows.map(({ payload }) => JSON.parse(payload) as unknown)).to.deep.equal([
      { userId: user, entryId: '7', reservationIds: held.slice(0, 2), holdsLeft: 1 },
    ]);
  });

  it('passes over an account that is busy, and waits for nobody', async () => {
    const date = await world.date({ seats: 2 });
    const [busy, idle] = await world.users(2);
    const holds = [
      await world.hold(String(busy), date, date.seatIds.slice(0, 1)),
      await world.hold(String(idle), date, date.seatIds.slice(1)),
    ];
    await world.letRunOut(holds.flatMap(reservationIds));
    await world.database.transaction(async (tx) => {
      await tx.rows('SELECT user_id FROM users WHERE user_id = ? FOR UPDATE', [String(busy)]);
      await world.expiry.expireOverdue();
    });
    const statuses = await world.sql(
      `SELECT reservation_status AS s FROM reservation WHERE concert_id = ? ORDER BY seat_id`,
      [date.concertId],
    );
    expect(statuses).to.deep.equal([{ s: 'HELD' }, { s: 'EXPIRED' }]);
    await world.expiry.expireOverdue();
  });

  it('goes on at once with the next ones when one of a full batch is busy', async () => {
    const date = await world.date({ seats: 130, seatsPerUser: 130 });
    const [busy, idle] = await world.users(2);
    const holds = [
      await world.hold(String(busy), date, date.seatIds.slice(0, 1)),
      await world.hold(String(idle), date, date.seatIds.slice(1, 101)),
      await world.hold(String(idle), date, date.seatIds.slice(101)),
    ];
    await world.letRunOut(holds.flatMap(reservationIds));
    const words: string[] = [];
    await world.database.transaction(async (tx) => {
      await tx.rows('SELECT user_id FROM users WHERE user_id = ? FOR UPDATE', [String(busy)]);
      for (let run = 0; run < 2; run += 1) words.push(await world.expiry.expireOverdue());
    });
    expect(words).to.deep.equal(['more', 'idle']);
    await world.expiry.expireOverdue();
  });

  it('shows an overdue hold as EXPIRED before the job has come by', async () => {
    const date = await world.date({ seats: 1 });
    const [user] = await world.users(1);
    const held = await world.hold(String(user), date, date.seatIds);
    await world.letRunOut(reservationIds(held));
    const page = await world.reservations.list(String(user), { limit: 10 });
    expect(page.items.map(({ reservationStatus }) => reservationStatus)).to.deep.equal(['EXPIRED']);
    expect(page.nextCursor).to.equal(null);
  });
});
