import { expect } from 'chai';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import { type DrivenLine, type DrivenRoom, fan, openDrivenLine, wordOf } from './driven-room.ts';

describe('those who were away when their turn came', () => {
  let line: DrivenLine;
  before(async () => {
    line = await openDrivenLine();
  });
  after(() => line.close());

  /** Numbers 1 … 20 wait behind one slot; 1 is inside, the rest go silent but for `living`. */
  async function silentLine(policy: Partial<RoomSetting>, living: number[]): Promise<DrivenRoom> {
    const room = await line.makeRoom({ maxActive: 1, ...policy });
    await room.joinMany(1, 20);
    await room.activate(fan(1));
    await room.advance(119_999);
    await room.touch(...living);
    await room.advance(10_000);
    return room;
  }

  /** The holder leaves; whoever is let in takes the turn and is the next holder. */
  async function nextHolder(room: DrivenRoom, holder: number, waiting: number[]) {
    await room.leave(fan(holder));
    await room.tick();
    for (const number of waiting) {
      const place = await room.status(fan(number));
      if (place.word !== 'READY') continue;
      await room.activate(fan(number));
      return number;
    }
    return undefined;
  }

  it('come back once within the grace, one for every ten others', async () => {
    const living = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
    const room = await silentLine({}, living);
    let holder = (await nextHolder(room, 1, living)) ?? 0;
    expect(holder, 'passed over 2 and 3').to.equal(4);
    expect(await room.status(fan(2))).to.include({ word: 'LATE', ahead: 0 });
    expect(await room.status(fan(3))).to.include({ word: 'LATE', ahead: 1 });
    expect(wordOf(await room.join('2')), 'joining is coming back').to.equal('LATE');
    const order = [holder];
    while (order.length < 12) {
      await room.touch(...living);
      holder = (await nextHolder(room, holder, [2, ...living])) ?? 0;
      order.push(holder);
    }
    expect(order).to.deep.equal([4, 5, 6, 7, 8, 9, 10, 11, 12, 2, 13, 14]);
  });

  it('are let in at once when nobody else waits', async () => {
    const room = await silentLine({}, []);
    await room.leave(fan(1));
    expect((await room.tick()).front).to.equal(20);
    expect((await room.status(fan(7))).word).to.equal('READY');
    expect((await room.activate(fan(7))).word).to.equal('ACTIVE');
    expect((await room.status(fan(8))).word).to.equal('LATE');
  });

  it('have missed their turn for good when they miss the second one', async () => {
    const room = await line.makeRoom({ maxActive: 1, claimSeconds: 60, graceSeconds: 600 });
    await room.join('1');
    await room.advance(60_000);
    expect((await room.status(fan(1))).word, 'nobody waits: again').to.equal('READY');
    await room.advance(60_000);
    expect(await room.status(fan(1))).to.include({ word: 'ENDED', reason: 'missed' });
    expect(await room.activate(fan(1))).to.deep.equal({ word: 'ENDED', reason: 'missed' });
    expect(await room.join('1')).to.include({ isNew: true, number: 2 });
  });

  it('are too late when the grace is over', async () => {
    const room = await silentLine({ claimSeconds: 60, graceSeconds: 100 }, [20]);
    await room.leave(fan(1));
    await room.activate(fan(20));
    await room.advance(159_999);
    expect((await room.status(fan(2))).word).to.equal('LATE');
    await room.advance(1_000);
    expect(await room.status(fan(3))).to.include({ word: 'ENDED', reason: 'missed' });
    expect(await room.join('3')).to.include({ isNew: true, number: 21 });
  });

  it('stay too late when the room has forgotten when their turn was', async () => {
    const room = await line.makeRoom({ claimSeconds: 5, graceSeconds: 5 });
    for (let number = 1; number <= 30; number += 1) {
      await room.join(String(number));
      await room.activate(fan(number));
      await room.leave(fan(number));
      await room.advance(1_000);
    }
    await room.join('99');
    await room.advance(5_000);
    expect((await room.status(fan(31, '99'))).word).to.equal('READY');
    const { fronts = '', accounts = '' } = room.keys;
    expect(await line.redis.zcard(fronts)).to.be.lessThan(20);
    await line.redis.hset(accounts, 'ghost', 3);
    expect(await room.status(fan(3, 'ghost'))).to.include({ word: 'ENDED' });
  });

  it('do not block the lane when they are gone again, and may leave it', async () => {
    const living = Array.from({ length: 14 }, (_, at) => at + 7);
    const room = await silentLine({ graceSeconds: 3_600 }, living);
    let holder = (await nextHolder(room, 1, living)) ?? 0;
    for (const number of [2, 3, 4]) await room.status(fan(number));
    expect(await room.leave(fan(2))).to.equal(undefined);
    expect(await room.status(fan(2))).to.include({ word: 'ENDED', reason: 'left' });
    await room.advance(130_000);
    await room.status(fan(4));
    await room.touch(...living);
    for (let turn = 0; turn < 8; turn += 1)
      holder = (await nextHolder(room, holder, [4, ...living])) ?? 0;
    expect(holder).to.equal(15);
    expect(await nextHolder(room, holder, [4, ...living]), '3 is gone, 4 is there').to.equal(4);
  });

  it('may not come back at all without a grace', async () => {
    const room = await silentLine({ graceSeconds: 0 }, []);
    await room.leave(fan(1));
    expect(await room.status(fan(2))).to.include({ word: 'ENDED', reason: 'missed' });
  });
});
