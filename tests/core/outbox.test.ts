import { expect } from 'chai';
import type { Delivered } from '../../core-api/outbox/event-delivery.ts';
import { createParkedRepository } from '../../core-api/outbox/parked-repository.ts';
import { coreEvent, type CoreEvent } from '../../shared/contracts/internal.ts';
import { eventually } from '../harness/eventually.ts';
import { openSaleWorld, reservationIds, type SaleWorld, times } from './sale-world.ts';

describe('core: outbox', () => {
  const delivered: CoreEvent[] = [];
  /** What the gateway does with the next delivery; taken when not said. */
  let gateway: (events: readonly CoreEvent[]) => Delivered = () => 'delivered';
  let world: SaleWorld;
  let second: SaleWorld;
  const deliver = (events: readonly CoreEvent[]): Promise<Delivered> => {
    const outcome = gateway(events);
    if (outcome === 'delivered') delivered.push(...events);
    return Promise.resolve(outcome);
  };
  before(async () => {
    world = await openSaleWorld({ deliver });
    second = await openSaleWorld({ deliver, beside: world });
    world.jobs.start();
    second.jobs.start();
  });
  after(async () => {
    await second.close();
    await world.close();
  });
  beforeEach(() => {
    delivered.length = 0;
    gateway = () => 'delivered';
  });

  const of = (concertId: string) => delivered.filter((event) => event.concertId === concertId);

  it('delivers each event of 50 sales once, in order, by two instances at once', async () => {
    const date = await world.date({ seats: 51, price: 10 });
    const users = await world.users(50, { points: 10 });
    await Promise.all(
      users.map(async (id, i) => {
        const side = i % 2 ? world : second;
        const held = await side.hold(id, date, date.seatIds.slice(i, i + 1));
        await side.pay(id, date, reservationIds(held));
      }),
    );
    await eventually(() => expect(of(date.concertId)).to.have.length(100));
    const events = of(date.concertId);
    for (const event of events) expect(coreEvent.safeParse(event).success).to.equal(true);
    expect(new Set(events.map(({ eventId }) => eventId)).size).to.equal(100);
    for (const id of users) {
      const own = events.filter((event) => 'userId' in event && event.userId === id);
      expect(own.map(({ type }) => type)).to.deep.equal(['reservation.held', 'payment.completed']);
    }
  });

  it('tells of a payment within a second, with the holds that are left', async () => {
    const date = await world.date({ seats: 3, price: 10 });
    const [user] = await world.users(1, { points: 100 });
    const held = reservationIds(await world.hold(String(user), date, date.seatIds.slice(0, 2)));
    await world.pay(String(user), date, held.slice(0, 1));
    const event = await eventually(
      () => {
        const [found] = of(date.concertId).filter(({ type }) => type === 'payment.completed');
        expect(found).to.not.equal(undefined);
        return found;
      },
      { deadlineMs: 1_000 },
    );
    expect(event).to.deep.include({
      userId: user,
      entryId: '7',
      amount: 10,
      holdsLeft: 1,
      reservationIds: held.slice(0, 1),
    });
  });

  it('says once that a concert is sold out, and again when seats came back and went', async () => {
    const date = await world.date({ seats: 2, price: 10 });
    const users = await world.users(2, { points: 100 });
    const buy = async (index: number) => {
      const id = String(users[index]);
      const held = await world.hold(id, date, date.seatIds.slice(index, index + 1));
      return (await world.pay(id, date, reservationIds(held))).body.payments[0]?.paymentId;
    };
    const [first] = await Promise.all([buy(0), buy(1)]);
    const soldOut = () => of(date.concertId).filter(({ type }) => type === 'concert.sold-out');
    await eventually(() => expect(soldOut()).to.have.length(1));
    await world.refund(String(users[0]), String(first));
    await buy(0);
    await eventually(() => expect(soldOut()).to.have.length(2));
    expect(of(date.concertId).at(-1)?.type).to.equal('concert.sold-out');
  });

  it('loses nothing while the gateway is away, and delivers in order when it is back', async () => {
    const date = await world.date({ seats: 20 });
    const users = await world.users(20);
    gateway = () => {
      throw new Error('away');
    };
    await Promise.all(users.map((id, i) => world.hold(id, date, date.seatIds.slice(i, i + 1))));
    gateway = () => 'delivered';
    await eventually(() => expect(of(date.concertId)).to.have.length(20), { deadlineMs: 8_000 });
    const ids = of(date.concertId).map(({ eventId }) => Number(eventId));
    expect(ids).to.deep.equal([...ids].sort((a, b) => a - b));
  });

  it('parks an event that is refused again and again, and delivers those behind it', async () => {
    const date = await world.date({ seats: 5 });
    const users = await world.users(5);
    const [poisoned] = users;
    const isPoison = (event: CoreEvent) => 'userId' in event && event.userId === poisoned;
    gateway = (events) => (events.some(isPoison) ? 'refused' : 'delivered');
    for (const [i, id] of users.entries()) await world.hold(id, date, [String(date.seatIds[i])]);
    await eventually(() => expect(of(date.concertId)).to.have.length(4), { deadlineMs: 30_000 });
    const parked = await world.sql<{ n: number }>(
      `SELECT COUNT(*) AS n FROM outbox_event
         WHERE concert_id = ? AND parked_at IS NOT NULL AND delivered_at IS NULL`,
      [date.concertId],
    );
    expect(parked).to.deep.equal([{ n: 1 }]);

    // An operator sees it, and has it delivered once the gateway can read it.
    const parkedRows = createParkedRepository(world.database);
    const [seen] = (await parkedRows.list({ limit: 1 })).items;
    expect(seen).to.deep.include({ concertId: date.concertId, eventType: 'reservation.held' });
    gateway = () => 'delivered';
    const eventId = String(seen?.eventId);
    const retries = await Promise.all(times(50, () => parkedRows.retry(eventId)));
    expect(retries.filter(Boolean)).to.have.length(1);
    await eventually(() => expect(of(date.concertId).at(-1)?.eventId).to.equal(eventId), {
      deadlineMs: 10_000,
    });
    expect(of(date.concertId)).to.have.length(5);
    expect((await parkedRows.list({ limit: 1 })).items).to.deep.equal([]);
  }).timeout(60_000);

  it('goes on with other concerts while one has an event that nobody can read', async () => {
    const [stuck, other] = [await world.date({ seats: 3 }), await world.date({ seats: 3 })];
    const users = await world.users(3);
    const isPoison = (event: CoreEvent) =>
      event.concertId === stuck.concertId && 'userId' in event && event.userId === users[0];
    let refusals = 0;
    let behindAtEnd: number | undefined;
    gateway = (events) => {
      if (!events.some(isPoison)) return 'delivered';
      refusals += 1;
      // Events of other concerts have come before it is given up; those behind it have not.
      if (of(other.concertId).length === 3) behindAtEnd = of(stuck.concertId).length;
      return 'refused';
    };
    for (const [i, id] of users.entries()) {
      await world.hold(id, stuck, [String(stuck.seatIds[i])]);
      await world.hold(id, other, [String(other.seatIds[i])]);
    }
    await eventually(() => expect(of(stuck.concertId)).to.have.length(2), { deadlineMs: 40_000 });
    expect(of(stuck.concertId).map((event) => 'userId' in event && event.userId)).to.deep.equal(
      users.slice(1),
    );
    expect([behindAtEnd, refusals >= 5]).to.deep.equal([0, true]);
  }).timeout(60_000);

  it('tells of holds given back', async () => {
    const date = await world.date({ seats: 2 });
    const [user] = await world.users(1);
    const id = String(user);
    const ids = reservationIds(await world.hold(id, date, date.seatIds));
    expect((await world.release(id, date.concertId, String(ids[0]))).word).to.equal('204');
    await eventually(() => expect(of(date.concertId)).to.have.length(2));
    expect(of(date.concertId)[1]).to.deep.include({
      type: 'reservation.cancelled',
      reservationIds: [ids[0]],
      holdsLeft: 1,
    });
  });
});
