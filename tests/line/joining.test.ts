import { expect } from 'chai';
import { type DrivenLine, fan, openDrivenLine, startMs, wordOf } from './driven-room.ts';

describe('joining', () => {
  let line: DrivenLine;
  before(async () => {
    line = await openDrivenLine();
  });
  after(() => line.close());

  it('gives the turn at once while slots are free, then numbers in order', async () => {
    const room = await line.makeRoom({ maxActive: 2 });
    expect((await room.joinMany(1, 4)).map(wordOf)).to.deep.equal([
      'READY',
      'READY',
      'WAITING',
      'WAITING',
    ]);
    const reading = await room.tick();
    expect([reading.front, reading.tail, reading.slots, reading.living]).to.deep.equal([
      2, 4, 2, 2,
    ]);
  });

  it('gives an account one number however often and however parallel it joins', async () => {
    const room = await line.makeRoom({ maxActive: 1 });
    await room.join('1');
    const places = await Promise.all(Array.from({ length: 200 }, () => room.join('7')));
    expect(new Set(places.map((place) => JSON.stringify({ ...place, isNew: 0 }))).size).to.equal(1);
    expect(places.filter((place) => 'isNew' in place && place.isNew)).to.have.length(1);
  });

  it('never gives a number twice to 500 accounts at once', async () => {
    const room = await line.makeRoom({ maxActive: 10 });
    const places = await Promise.all(
      Array.from({ length: 500 }, (_, at) => room.join(String(at + 1))),
    );
    const numbers = places.map((place) => ('number' in place ? place.number : 0));
    expect(new Set(numbers).size).to.equal(500);
    expect(Math.max(...numbers)).to.equal(500);
  });

  it('refuses beyond maxWaiting, and takes the next when somebody left', async () => {
    const room = await line.makeRoom({ maxActive: 1, maxWaiting: 2 });
    expect((await room.joinMany(1, 4)).map(wordOf)).to.deep.equal([
      'READY',
      'WAITING',
      'WAITING',
      'full',
    ]);
    await room.leave(fan(2));
    await room.tick();
    expect(wordOf(await room.join('9'))).to.equal('WAITING');
  });

  it('refuses a closed room, a sold-out one, and one that is not open for joining', async () => {
    const closed = await line.makeRoom({ control: 'CLOSED' });
    expect(wordOf(await closed.join('1'))).to.equal('closed');
    const gone = await line.makeRoom();
    await line.store.setInventory(gone.id, { sellable: 0, soldOut: true });
    expect(wordOf(await gone.join('1'))).to.equal('sold-out');
    const early = await line.makeRoom({ opensAt: new Date(startMs + 5_000).toISOString() });
    expect(wordOf(await early.join('1'))).to.equal('closed');
    await early.advance(5_000);
    expect(wordOf(await early.join('1'))).to.equal('READY');
  });

  it('lets people line up before the opening and admits nobody until then', async () => {
    const room = await line.makeRoom({
      preQueueOpensAt: new Date(startMs).toISOString(),
      opensAt: new Date(startMs + 5_000).toISOString(),
    });
    expect((await room.joinMany(1, 3)).map(wordOf)).to.deep.equal(Array(3).fill('WAITING'));
    expect((await room.tick()).slots).to.equal(0);
    await room.advance(5_000);
    expect((await room.tick()).slots).to.equal(3);
  });

  it('is told apart by room: unknown to Redis is not a place', async () => {
    const error = await line.store.join('999999', ['1']).catch((thrown: Error) => thrown);
    expect(error).to.have.property('name', 'RoomUnconfigured');
  });

  it('keeps the newer policy when a late reader brings an older one', async () => {
    const room = await line.makeRoom();
    expect(await room.configure({ version: 3, maxActive: 1 })).to.equal('changed');
    expect(await room.configure({ version: 2, maxActive: 9 })).to.equal('older');
    expect(await room.configure({ version: 3, maxActive: 1 })).to.equal('same');
    await room.advance(10_000);
    expect(await room.configure({ version: 2, maxActive: 9 }), 'restored').to.equal('changed');
  });
});
