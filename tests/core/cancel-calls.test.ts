import { expect } from 'chai';
import { eventually } from '../harness/eventually.ts';
import { type CoreWorld, inside, openCoreWorld } from './core-world.ts';

describe('core: the calls of a cancellation', () => {
  let world: CoreWorld;
  before(async () => {
    world = await openCoreWorld();
  });
  after(() => world.close());

  it('are the owner’s, of a date that is there, and may be repeated', async () => {
    const { concertId, scheduleId, at } = await world.concert({ seats: 3 });
    const caller = inside(concertId);
    expect((await world.call('POST', `${at}/cancel`, { caller })).word).to.equal('403 forbidden');
    const elsewhere = `/admin/concerts/${concertId}/schedules/999/cancel`;
    expect((await world.admin('POST', elsewhere)).word).to.equal('404 not-found');
    expect((await world.admin('GET', `${at}/cancel`)).word).to.equal('404 not-found');

    const begun = await world.admin('POST', `${at}/cancel`);
    expect(begun.status, JSON.stringify(begun.body)).to.be.oneOf([200, 202]);
    expect(begun.body).to.include({ concertId, concertScheduleId: scheduleId, left: 0 });
    await eventually(async () => {
      const { body } = await world.admin('GET', `${at}/cancel`);
      expect(body).to.include({ state: 'DONE', refunded: 0, released: 0 });
    });
    expect((await world.admin('POST', `${at}/cancel`)).status).to.equal(200);
  });

  it('leave a date that nobody changes, sells or adds to any more', async () => {
    const { concertId, scheduleId, at } = await world.concert({ seats: 3, totalSeat: 9 });
    await world.admin('POST', `${at}/cancel`);
    const words = await Promise.all(
      [
        world.admin('PATCH', at, { status: 'ACTIVE' }),
        world.admin('POST', `${at}/seats`, { seats: [{ seatNum: 9, price: 1 }] }),
        world.admin('POST', `${at}/seats/house`, { block: 'A', house: false }),
        world.admin('POST', `${at}/seats/prices`, { prices: [{ block: 'A', price: 1 }] }),
      ].map(async (answer) => (await answer).word),
    );
    expect(words).to.deep.equal(words.map(() => '409 schedule-cancelled'));
    const caller = inside(concertId);
    const listed = await world.call('GET', `/concerts/${concertId}/schedules`, { caller });
    expect(listed.body.items).to.deep.equal([]);
    const seats = `/concerts/${concertId}/schedules/${scheduleId}/seats`;
    expect((await world.call('GET', seats, { caller })).word).to.equal('404 not-found');
    const inventory = await world.call('GET', `/internal/concerts/${concertId}/inventory`);
    expect(inventory.body).to.include({ total: 0, held: 0, sold: 0, sellable: 0 });
  });
});
