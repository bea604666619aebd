import { expect } from 'chai';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import { type DrivenLine, fan, openDrivenLine, wordOf } from './driven-room.ts';

describe('admission', () => {
  let line: DrivenLine;
  before(async () => {
    line = await openDrivenLine();
  });
  after(() => line.close());

  it('never has more inside than maxActive, whoever ticks and however often', async () => {
    const room = await line.makeRoom({ maxActive: 7 });
    await room.joinMany(1, 50);
    const readings = await Promise.all(Array.from({ length: 50 }, () => room.tick()));
    expect(Math.max(...readings.map(({ slots }) => slots))).to.equal(7);
    expect((await room.tick()).front).to.equal(7);
  });

  it('admits the rate and at most one second of it at once, also after an idle spell', async () => {
    const room = await line.makeRoom({ maxActive: 10_000, admitPerSecond: 10 });
    await room.joinMany(1, 400);
    expect((await room.tick()).admitted).to.equal(10);
    await room.advance(600_000);
    await room.touch(...Array.from({ length: 390 }, (_, at) => at + 11));
    expect((await room.tick()).admitted).to.equal(20);
    for (let tenth = 0; tenth < 100; tenth += 1) {
      await room.advance(100);
      await room.tick();
    }
    expect((await room.tick()).admitted).to.equal(120);
  });

  it('admits fewer than one a second exactly', async () => {
    const room = await line.makeRoom({ admitPerSecond: 0.5 });
    await room.joinMany(1, 10);
    for (let second = 0; second < 8; second += 1) {
      await room.advance(1_000);
      await room.tick();
    }
    expect((await room.tick()).admitted).to.equal(5);
  });

  it('admits nobody at rate 0, while paused, draining, closed, or without a seat left', async () => {
    for (const policy of [
      { admitPerSecond: 0 },
      { maxActive: 0 },
      { control: 'PAUSED' },
      { control: 'DRAINING' },
    ] as Partial<RoomSetting>[]) {
      const room = await line.makeRoom(policy);
      expect(wordOf(await room.join('1')), JSON.stringify(policy)).to.equal('WAITING');
      await room.advance(5_000);
      expect((await room.tick()).slots, JSON.stringify(policy)).to.equal(0);
    }
    const room = await line.makeRoom();
    await line.store.setInventory(room.id, { sellable: 0, soldOut: false });
    expect(wordOf(await room.join('1'))).to.equal('WAITING');
    await line.store.setInventory(room.id, { sellable: 1, soldOut: false });
    expect((await room.tick()).slots).to.equal(1);
  });

  it('passes over the dead without spending a slot, and keeps the order of the living', async () => {
    const room = await line.makeRoom({ maxActive: 1 });
    await room.joinMany(1, 30);
    await room.activate(fan(1));
    await room.advance(119_999);
    await room.touch(5, 17, 30);
    await room.advance(10_000);
    expect((await room.tick()).living).to.equal(3);
    const order: number[] = [];
    for (let holder = 1; order.length < 3;) {
      await room.leave(fan(holder));
      const { front, slots } = await room.tick();
      expect(slots).to.equal(1);
      order.push(front);
      await room.activate(fan(front));
      await room.touch(5, 17, 30);
      holder = front;
    }
    expect(order).to.deep.equal([5, 17, 30]);
  });

  it('takes a sign of life that was on its way when its holder left for none', async () => {
    const room = await line.makeRoom({ maxActive: 1 });
    await room.joinMany(1, 20);
    for (let number = 2; number <= 19; number += 1) await room.leave(fan(number));
    await room.touch(...Array.from({ length: 20 }, (_, at) => at + 1));
    await room.leave(fan(1));
    const reading = await room.tick();
    expect([reading.front, reading.slots]).to.deep.equal([20, 1]);
    expect((await room.status(fan(20))).word).to.equal('READY');
  });

  it('does not count who left as waiting, though a sign of life comes after', async () => {
    const room = await line.makeRoom({ maxActive: 0 });
    await room.joinMany(1, 20);
    await room.leave(fan(9));
    await room.touch(9, 10);
    expect((await room.tick()).living).to.equal(19);
  });

  it('lets nobody out when maxActive is lowered, and nobody in until there is room', async () => {
    const room = await line.makeRoom({ maxActive: 5 });
    await room.joinMany(1, 8);
    await room.configure({ maxActive: 2, version: 2 });
    expect((await room.tick()).slots).to.equal(5);
    for (const number of [1, 2, 3]) await room.leave(fan(number));
    expect((await room.tick()).front).to.equal(5);
    await room.leave(fan(4));
    expect((await room.tick()).front).to.equal(6);
  });
});
