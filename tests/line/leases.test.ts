import { expect } from 'chai';
import { type DrivenLine, fan, openDrivenLine, startMs } from './driven-room.ts';

describe('turns', () => {
  let line: DrivenLine;
  before(async () => {
    line = await openDrivenLine();
  });
  after(() => line.close());

  it('hands out one token whoever asks 60 times at once, byte for byte', async () => {
    const room = await line.makeRoom();
    await room.join('1');
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, at) => room.activate(fan(1), `try-${at}`)),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).to.equal(1);
    expect(answers[0]?.word).to.equal('ACTIVE');
    expect(await room.join('1')).to.include({ word: 'ACTIVE', isNew: false });
  });

  it('is missed after the claim window, and the slot goes to the next', async () => {
    const room = await line.makeRoom({ maxActive: 1, claimSeconds: 60, graceSeconds: 0 });
    await room.joinMany(1, 2);
    await room.advance(59_999);
    expect((await room.status(fan(1))).word).to.equal('READY');
    await room.touch(2);
    await room.advance(1);
    expect(await room.activate(fan(1))).to.deep.equal({ word: 'ENDED', reason: 'missed' });
    await room.tick();
    expect((await room.status(fan(2))).word).to.equal('READY');
  });

  it('waits as long again for who asks for it, once, however often', async () => {
    const room = await line.makeRoom({ maxActive: 1, claimSeconds: 60, graceSeconds: 0 });
    await room.joinMany(1, 2);
    await room.advance(50_000);
    const answers = await Promise.all(Array.from({ length: 60 }, () => room.extend(fan(1))));
    const claimEndMs = startMs + 120_000;
    for (const answer of answers)
      expect(answer).to.include({ word: 'READY', claimEndMs, canExtend: false });
    await room.advance(69_999);
    await room.touch(2);
    expect(await room.extend(fan(1))).to.include({ word: 'READY', claimEndMs, canExtend: false });
    expect((await room.tick()).front).to.equal(1);
    await room.advance(1);
    expect(await room.extend(fan(1))).to.include({ word: 'ENDED', reason: 'missed' });
    await room.tick();
    expect(await room.status(fan(2))).to.include({ word: 'READY', canExtend: true });
  });

  it('cannot be made longer before it has come, after it was taken, or by two minutes more', async () => {
    const room = await line.makeRoom({ maxActive: 1, claimSeconds: 3_600 });
    await room.joinMany(1, 2);
    expect((await room.extend(fan(2))).word).to.equal('WAITING');
    await room.extend(fan(1, '3'));
    expect(await room.status(fan(1)), 'not by others').to.include({ canExtend: true });
    expect(await room.extend(fan(1))).to.include({ claimEndMs: startMs + 3_720_000 });
    await room.activate(fan(1));
    const lease = await room.lease(1);
    expect((await room.extend(fan(1))).word).to.equal('ACTIVE');
    expect(await room.lease(1)).to.equal(lease);
  });

  it('is not there before the front has come', async () => {
    const room = await line.makeRoom({ maxActive: 1 });
    await room.joinMany(1, 2);
    expect(await room.activate(fan(2))).to.deep.equal({ word: 'WAITING' });
  });

  it('belongs to the account of the number alone', async () => {
    const room = await line.makeRoom({ maxActive: 1 });
    await room.joinMany(1, 2);
    expect((await room.activate(fan(1, '2'))).word).to.equal('ENDED');
    await room.activate(fan(1));
    expect((await room.status(fan(1, '2'))).word).to.equal('ENDED');
    expect(await room.leave(fan(1, '2'))).to.equal('expired');
    expect((await room.tick()).slots).to.equal(1);
  });
});

describe('leases', () => {
  let line: DrivenLine;
  before(async () => {
    line = await openDrivenLine();
  });
  after(() => line.close());

  it('end by idleness, and not while there is activity', async () => {
    const room = await line.makeRoom({ maxActive: 1, idleSeconds: 10, activeSeconds: 60 });
    await room.joinMany(1, 2);
    await room.activate(fan(1));
    for (let at = 0; at < 5; at += 1) {
      await room.advance(9_000);
      await room.touch(-1);
      expect((await room.tick()).front).to.equal(1);
    }
    await room.advance(10_000);
    await room.tick();
    expect(await room.status(fan(1))).to.include({ word: 'ENDED', reason: 'idle' });
  });

  it('end at the hard limit, after the token, however active', async () => {
    const room = await line.makeRoom({ idleSeconds: 10, activeSeconds: 30 });
    await room.join('1');
    await room.activate(fan(1));
    for (let at = 0; at < 5; at += 1) {
      await room.advance(6_900);
      await room.touch(-1);
    }
    expect((await room.tick()).slots, 'alive 34.5 s after, the token ended at 30 s').to.equal(1);
    await room.advance(500);
    await room.touch(-1);
    expect(await room.status(fan(1))).to.include({ word: 'ENDED', reason: 'expired' });
    expect((await room.tick()).slots).to.equal(0);
  });

  it('give each slot back exactly once under 60 parallel leaves, payments and ticks', async () => {
    const room = await line.makeRoom({ maxActive: 5 });
    await room.joinMany(1, 100);
    for (const number of [1, 2, 3, 4, 5]) await room.activate(fan(number));
    const ends = await Promise.all(
      Array.from({ length: 60 }, (_, at) =>
        at % 3 === 0
          ? room.leave(fan(1))
          : at % 3 === 1
            ? room.change(at, 'paid', 2, 0).then(() => 'paid')
            : room.tick().then(() => 'ticked'),
      ),
    );
    expect(ends.filter((end) => end === undefined)).to.have.length(1);
    const reading = await room.tick();
    expect([reading.slots, reading.front, reading.admitted]).to.deep.equal([5, 7, 7]);
  });

  it('cover a hold, and a repeated activation hands out a later expiry only then', async () => {
    const room = await line.makeRoom({ idleSeconds: 10, activeSeconds: 30 });
    await room.join('1');
    const first = await room.activate(fan(1), 'first');
    expect(await room.activate(fan(1), 'again')).to.deep.equal(first);
    const holdEnd = room.now() + 100_000;
    await room.change(1, 'held', 1, holdEnd);
    expect(await room.activate(fan(1), 'again')).to.deep.equal({
      word: 'RENEW',
      jti: 'first',
      untilMs: holdEnd,
    });
    const renewed = { jti: 'first', token: 'later', tokenEndMs: holdEnd };
    expect(await line.store.activate(room.id, fan(1), renewed)).to.deep.equal({
      word: 'ACTIVE',
      token: 'later',
    });
    await room.advance(99_000);
    expect((await room.status(fan(1))).word).to.equal('ACTIVE');
    expect(await room.lease(1)).to.be.greaterThan(holdEnd - 1);
  });

  it('fall back to idleness when the hold is over without a sale', async () => {
    const room = await line.makeRoom({ idleSeconds: 10, activeSeconds: 600 });
    await room.join('1');
    await room.activate(fan(1));
    await room.change(1, 'held', 1, room.now() + 300_000);
    await room.advance(20_000);
    expect((await room.tick()).slots).to.equal(1);
    await room.change(2, 'released', 1, 1);
    expect(await room.lease(1), 'another hold is left').to.equal(startMs + 300_000);
    await room.change(3, 'released', 1, 0);
    expect(await room.lease(1)).to.equal(room.now() + 10_000);
  });

  it('apply a core event once: a late repetition does not undo what came after', async () => {
    const room = await line.makeRoom({ idleSeconds: 10, activeSeconds: 600 });
    await room.join('1');
    await room.activate(fan(1));
    await room.change(1, 'held', 1, room.now() + 300_000);
    await room.change(2, 'released', 1, 0);
    expect(await room.change(1, 'held', 1, room.now() + 300_000)).to.equal(0);
    expect(await room.lease(1)).to.equal(room.now() + 10_000);
  });

  it('admit the next in line in the same step as the payment', async () => {
    const room = await line.makeRoom({ maxActive: 1 });
    await room.joinMany(1, 2);
    await room.activate(fan(1));
    await room.change(1, 'paid', 1, 0);
    expect((await room.status(fan(2))).word).to.equal('READY');
    expect(await room.status(fan(1))).to.include({ word: 'ENDED', reason: 'completed' });
    expect(await room.join('1')).to.include({ word: 'WAITING', isNew: true, number: 3 });
  });
});
