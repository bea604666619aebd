import { createHash, createHmac } from 'node:crypto';
import { expect } from 'chai';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import { chainStartText, chainText, drawPlace, seedText } from '../../shared/draw.ts';
import type { JoinedPlace, RoomReading } from '../../queue-gateway/queue/queue-types.ts';
import {
  type DrivenLine,
  type DrivenRoom,
  drawnFan,
  drawSecret,
  fan,
  openDraw,
  openDrivenLine,
  startMs,
  wordOf,
} from './driven-room.ts';

const untilOpenMs = 60_000;
const drawPolicy: Partial<RoomSetting> = {
  order: 'draw',
  preQueueOpensAt: new Date(startMs - 1_000).toISOString(),
  opensAt: new Date(startMs + untilOpenMs).toISOString(),
  draw: openDraw,
};

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

describe('a draw', () => {
  let line: DrivenLine;
  before(async () => {
    line = await openDrivenLine();
  });
  after(() => line.close());

  const makeRoom = (policy: Partial<RoomSetting> = {}) =>
    line.makeRoom({ ...drawPolicy, ...policy });

  const closedOf = (reading: RoomReading) => {
    if (!reading.closed) throw new Error('registration is still open');
    return reading.closed;
  };

  /** What the core does: who takes part is fixed, and the secret is told. */
  function sealed(room: DrivenRoom, reading: RoomReading) {
    const closed = closedOf(reading);
    const draw = { ...openDraw, ...closed, secret: drawSecret };
    const facts = { concertId: room.id, secret: drawSecret, ...closed };
    const seed = createHash('sha256').update(seedText(facts)).digest();
    const hmac = (text: string): Buffer => createHmac('sha256', seed).update(text).digest();
    const numberOf = (index: number): number =>
      closed.base + drawPlace(index, closed.registered, hmac);
    return { change: { draw, version: 2 }, numberOf };
  }

  /** The opening, and the seed: whose number is which. */
  async function open(room: DrivenRoom) {
    await room.advance(untilOpenMs);
    const { change, numberOf } = sealed(room, await room.tick());
    await room.configure(change);
    return numberOf;
  }

  /** Index by number, for a test that goes by numbers. */
  const holdersOf = (numberOf: (index: number) => number, count: number): Map<number, number> =>
    new Map(Array.from({ length: count }, (_, at) => [numberOf(at + 1), at + 1]));

  const indexOf = (place: JoinedPlace | undefined): number =>
    place?.word === 'REGISTERED' ? place.index : 0;

  it('gives an account one index, however often and however parallel it registers', async () => {
    const room = await makeRoom();
    const places = await Promise.all(Array.from({ length: 100 }, () => room.join('7')));
    expect(new Set(places.map((place) => JSON.stringify({ ...place, isNew: 0 }))).size).to.equal(1);
    expect(places.filter((place) => 'isNew' in place && place.isNew)).to.have.length(1);
  });

  it('gives 200 accounts at once 200 indexes, and every receipt is in the digest', async () => {
    const room = await makeRoom({ maxActive: 10 });
    const places = await Promise.all(
      Array.from({ length: 200 }, (_, at) => room.join(String(at + 1))),
    );
    expect(places.map(indexOf).sort((a, b) => a - b)).to.deep.equal(
      Array.from({ length: 200 }, (_, at) => at + 1),
    );
    const leaves = await line.store.leaves(room.id, 1, 200);
    for (const place of places)
      if (place.word === 'REGISTERED') expect(leaves[place.index - 1]).to.equal(place.leaf);
    await room.advance(untilOpenMs);
    const { registered, digest } = closedOf(await room.tick());
    const chain = leaves.reduce<string>(
      (link, leaf) => sha1(chainText(link, String(leaf))),
      sha1(chainStartText(room.id)),
    );
    expect([registered, digest]).to.deep.equal([200, chain]);
  });

  it('lets nobody in before the opening, and nobody between the opening and the seed', async () => {
    const room = await makeRoom({ maxActive: 10 });
    await room.joinMany(1, 20);
    expect(await room.tick()).to.include({ slots: 0, living: 20, tail: 0 });
    await room.advance(untilOpenMs);
    const reading = await room.tick();
    expect(reading).to.include({ slots: 0, front: 0, tail: 20, limit: 'closed' });
    expect(wordOf(await room.join('99')), 'late').to.equal('WAITING');
    expect((await room.tick()).slots).to.equal(0);
    await room.configure(sealed(room, reading).change);
    expect(await room.tick()).to.include({ slots: 10, front: 10, tail: 21 });
  });

  it('lets people in by the numbers they were drawn; who comes later stands behind', async () => {
    const room = await makeRoom({ maxActive: 8 });
    await room.joinMany(1, 20);
    const numberOf = await open(room);
    const late = await room.join('99');
    expect(late).to.include({ word: 'WAITING', number: 21 });
    await room.tick();
    for (const [number, index] of holdersOf(numberOf, 20)) {
      const place = await room.status(drawnFan(index, number));
      expect(place.word, `number ${number}`).to.equal(number <= 8 ? 'READY' : 'WAITING');
    }
    expect((await room.status(fan(21, '99'))).word).to.equal('WAITING');
  });

  it('keeps whoever has a number already before those who registered', async () => {
    const room = await line.makeRoom({ ...drawPolicy, order: 'fifo', maxActive: 3 });
    await room.joinMany(100, 2);
    await room.configure({ version: 2 });
    await room.configure({ order: 'draw', version: 3 });
    await room.joinMany(1, 4);
    await room.advance(untilOpenMs);
    const reading = await room.tick();
    expect(reading.closed).to.include({ base: 2, registered: 4 });
    await room.configure({ ...sealed(room, reading).change, version: 4 });
    expect(await room.tick()).to.include({ front: 3, tail: 6 });
    for (const number of [1, 2])
      expect((await room.status(fan(number, String(number + 99)))).word).to.equal('READY');
  });

  it('gives everybody time to show life before the front passes over them', async () => {
    const room = await makeRoom({ maxActive: 1, claimSeconds: 600 });
    await room.joinMany(1, 40);
    const numberOf = await open(room);
    const holders = holdersOf(numberOf, 40);
    expect((await room.tick()).living).to.equal(39);
    await room.advance(45_000);
    for (const number of [5, 30]) await room.touch(number);
    await room.advance(14_000);
    await room.leave(drawnFan(holders.get(1) ?? 0, 1));
    expect((await room.tick()).front, 'everybody lives for a window').to.equal(2);
    await room.advance(41_000);
    await room.touch(5, 30);
    await room.advance(25_000);
    await room.leave(drawnFan(holders.get(2) ?? 0, 2));
    expect((await room.tick()).front, 'silent for longer').to.equal(5);
  });

  it('does not let in who gave the registration back', async () => {
    const room = await makeRoom({ maxActive: 40 });
    await room.joinMany(1, 5);
    const gone = { ...fan(0, '3'), index: 3 };
    expect(await line.store.unregister(room.id, gone)).to.equal(undefined);
    expect(await line.store.unregister(room.id, gone)).to.equal(undefined);
    expect(await room.join('3'), 'a new registration').to.include({ isNew: true, index: 6 });
    const numberOf = await open(room);
    await room.tick();
    const claims = drawnFan(3, numberOf(3));
    expect(await room.status(claims)).to.include({ word: 'ENDED', reason: 'left' });
    expect(await room.activate(claims)).to.include({ word: 'ENDED', reason: 'left' });
    expect((await room.status(drawnFan(6, numberOf(6), '3'))).word).to.equal('READY');
  });

  it('takes a token for nobody else’s number', async () => {
    const room = await makeRoom({ maxActive: 40 });
    await room.joinMany(1, 5);
    const numberOf = await open(room);
    await room.tick();
    expect(await room.activate(drawnFan(2, numberOf(2), '4'))).to.include({ word: 'ENDED' });
    expect(await room.activate(drawnFan(2, numberOf(2)))).to.include({ word: 'ACTIVE' });
  });

  it('costs Redis the same few commands at the opening of 20 and of 5,000', async () => {
    const calls = async (count: number): Promise<number> => {
      const room = await makeRoom({ maxActive: 1 });
      for (let at = 0; at < count; at += 500)
        await room.joinMany(1 + at, Math.min(500, count - at));
      await room.advance(untilOpenMs);
      const seen = await line.monitor(room.id);
      const reading = await line.store.tick(room.id, { withCensus: false });
      await room.configure(sealed(room, reading).change);
      return seen.count();
    };
    const [few, many] = [await calls(20), await calls(5_000)];
    expect(few).to.be.greaterThan(5);
    expect(many).to.be.at.most(few + 16); // Up to eight bits at each end are set by hand.
  });

  describe('when Redis is lost', () => {
    let runs = 0;
    const restart = (): void => line.restart(`draw${(runs += 1)}`);

    it('before the opening: no index is given twice, and everybody keeps theirs', async () => {
      const room = await makeRoom({ maxActive: 40 });
      const { registered, chain } = await line.store.join(room.id, ['1', '2', '3', '4', '5']);
      await room.wipe();
      restart();
      await room.mend({ epoch: 1, front: 0, tail: 0, slots: 0, registered, chain });
      const late = await Promise.all(
        Array.from({ length: 60 }, (_, at) => room.join(String(90 + at))),
      );
      const indexes = late.map(indexOf);
      expect(new Set(indexes).size).to.equal(60);
      expect(Math.min(...indexes)).to.equal(1_006);
      await room.advance(untilOpenMs);
      const reading = await room.tick();
      let links = chain;
      for (let at = 0; at < 1_000; at += 1) links = sha1(chainText(links, '0'.repeat(40)));
      for (const leaf of await line.store.leaves(room.id, 1_006, 60))
        links = sha1(chainText(links, String(leaf)));
      expect(reading.closed).to.deep.equal({ registered: 1_065, base: 0, digest: links });
      const { change, numberOf } = sealed(room, reading);
      await room.configure(change);
      for (const index of [1, 5, 1_006, 1_065]) {
        const userId = String(index > 1_000 ? index - 1_006 + 90 : index);
        const owner = late.findIndex((place) => indexOf(place) === index);
        const claims = drawnFan(index, numberOf(index), owner < 0 ? userId : String(90 + owner));
        expect((await room.status(claims)).word).to.be.oneOf(['WAITING', 'READY']);
      }
      expect(await room.join('5'), 'the same place').to.include({ number: numberOf(5) });
    });

    it('after the opening: the numbers are the same', async () => {
      const room = await makeRoom({ maxActive: 3 });
      await room.joinMany(1, 12);
      await room.advance(untilOpenMs);
      const { change, numberOf } = sealed(room, await room.tick());
      await room.configure(change);
      const before = await room.tick();
      await room.wipe();
      restart();
      await line.store.configure(room.setting(change), {
        epoch: 1,
        front: before.front,
        tail: before.tail,
        slots: 0,
      });
      expect(await room.tick()).to.include({ front: 6 });
      for (const [number, index] of holdersOf(numberOf, 12)) {
        const { word } = await room.status(drawnFan(index, number));
        if (number > 6) expect(word, `number ${number}`).to.equal('WAITING');
        else expect(word, `number ${number}`).to.be.oneOf(['READY', 'LATE']);
      }
      expect(await room.join('500')).to.include({ word: 'WAITING', isNew: true });
    });
  });

  it('forgets who registered and never came, once the front is far past them', async () => {
    const room = await makeRoom({ maxActive: 5_000, claimSeconds: 5, graceSeconds: 5 });
    for (let batch = 0; batch < 4; batch += 1) await room.joinMany(batch * 500 + 1, 500);
    await open(room);
    for (let second = 0; second < 30; second += 1) {
      await room.advance(1_000);
      await room.join(String(10_000 + second));
    }
    for (let tick = 0; tick < 40; tick += 1) await room.tick();
    expect(await line.redis.hlen(room.keys['accounts'] ?? '')).to.be.lessThan(1_030);
  });

  it('takes no more than 150 bytes for each who registered', async () => {
    const room = await makeRoom();
    const count = 10_000;
    for (let from = 0; from < count; from += 500) await room.joinMany(1_000_000 + from, 500);
    let bytes = 0;
    for (const key of Object.values(room.keys))
      bytes += Number((await line.redis.memory('USAGE', key, 'SAMPLES', 0)) ?? 0);
    expect(bytes / count).to.be.lessThan(150);
  });

  it('closes nothing that nobody registered for: a later opening has its draw', async () => {
    const room = await makeRoom();
    await room.advance(untilOpenMs);
    expect((await room.tick()).closed).to.equal(undefined);
    await room.configure({ version: 2, opensAt: new Date(room.now() + 9_000).toISOString() });
    expect(wordOf(await room.join('1'))).to.equal('REGISTERED');
  });
});
