import { expect } from 'chai';
import { RoomUnconfigured } from '../../queue-gateway/queue/queue-scripts.ts';
import type { EntryClaims } from '../../queue-gateway/queue/queue-types.ts';
import { type DrivenLine, type DrivenRoom, fan, openDrivenLine, wordOf } from './driven-room.ts';

describe('when Redis is not the one it was', () => {
  let line: DrivenLine;
  let runs = 0;
  before(async () => {
    line = await openDrivenLine();
  });
  after(() => line.close());

  /** Ten joined, two of them are inside. */
  async function busyRoom(): Promise<DrivenRoom> {
    const room = await line.makeRoom({ maxActive: 2, graceSeconds: 600 });
    await room.joinMany(1, 10);
    await room.activate(fan(1));
    await room.activate(fan(2));
    return room;
  }

  const remembered = { epoch: 1, front: 2, tail: 10, slots: 2 };
  const restart = (): void => line.restart(`run${(runs += 1)}`);

  /** The claims of an active token. */
  const holder = (room: DrivenRoom, number: number, seconds = 600): EntryClaims => ({
    ...fan(number),
    jti: `jti-${number}`,
    tokenEnd: room.now() + seconds * 1_000,
  });

  it('nothing runs before what this process remembers is told to the new one', async () => {
    const room = await busyRoom();
    restart();
    for (const step of [() => room.join('77'), () => room.tick(), () => room.status(fan(5))]) {
      const error = await step().catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(RoomUnconfigured);
    }
    expect(await room.mend(remembered)).to.equal('mended');
    expect(wordOf(await room.join('77'))).to.equal('WAITING');
  });

  for (const [what, lose] of [
    ['came back empty', (room: DrivenRoom) => room.wipe()],
    [
      'lost the last of what it knew',
      async (room: DrivenRoom) => {
        await line.redis.hset(room.keys.state, 'tail', 7);
        await line.redis.hdel(room.keys['accounts'] ?? '', '8', '9', '10');
      },
    ],
  ] as const) {
    describe(what, () => {
      it('gives no number twice, however many join at once', async () => {
        const room = await busyRoom();
        await lose(room);
        restart();
        await Promise.all(Array.from({ length: 60 }, () => room.mend(remembered)));
        const places = await Promise.all(
          Array.from({ length: 60 }, (_, at) => room.join(String(100 + at))),
        );
        const numbers = places.map((place) => ('number' in place ? place.number : 0));
        expect(new Set(numbers).size).to.equal(60);
        expect(Math.min(...numbers)).to.be.greaterThan(10);
      });

      it('keeps the place of everybody who waits, before whoever joins now', async () => {
        const room = await busyRoom();
        await lose(room);
        restart();
        await room.mend(remembered);
        const late = await room.join('77');
        for (const number of [3, 9, 10])
          expect((await room.status(fan(number))).word, `number ${number}`).to.equal('WAITING');
        for (const number of [1, 2]) {
          const claims = holder(room, number);
          expect(await line.store.checkLease(room.id, claims)).to.equal(undefined);
          await room.leave(claims);
        }
        expect((await room.status(fan(3))).word).to.equal('READY');
        expect(wordOf(late)).to.equal('WAITING');
        expect(await room.join('9'), 'the same place').to.include({ number: 9, isNew: false });
      });
    });
  }

  it('lets nobody in over those who are still inside by their tokens', async () => {
    const room = await busyRoom();
    await room.wipe();
    restart();
    await room.mend(remembered);
    for (const number of [3, 4, 5]) await room.status(fan(number));
    expect((await room.tick()).slots, 'both slots are kept free').to.equal(0);
    expect(await line.store.checkLease(room.id, holder(room, 1))).to.equal(undefined);
    expect((await room.tick()).slots).to.equal(1);
    await room.leave(holder(room, 1));
    const reading = await room.tick();
    expect([reading.slots, reading.front]).to.deep.equal([1, 3]);
    expect(await line.store.checkLease(room.id, holder(room, 2))).to.equal(undefined);
    expect((await room.tick()).slots).to.equal(2);
    expect(await line.store.checkLease(room.id, { ...holder(room, 1) }), 'ended since').to.equal(
      'left',
    );
  });

  it('a token of who had left before brings nothing back, nor frees another one’s slot', async () => {
    const room = await busyRoom();
    await room.leave(holder(room, 1));
    await room.activate(fan(3));
    await room.wipe();
    restart();
    const untilMs = room.now() + 600_000;
    const ended = [{ number: 1, reason: 'left', untilMs } as const];
    await room.mend({ ...remembered, front: 3, ended });
    for (const number of [4, 5]) await room.status(fan(number));
    await room.leave(holder(room, 1));
    expect(await line.store.checkLease(room.id, holder(room, 1))).to.equal('left');
    expect((await room.status(fan(1))).word, 'by its waiting token').to.equal('ENDED');
    const reading = await room.tick();
    expect([reading.slots, reading.kept], '2 and 3 are inside').to.deep.equal([0, 2]);
  });

  it('who had left and joined again has the later place, though Redis knew only the earlier', async () => {
    const room = await busyRoom();
    restart();
    const ended = [{ number: 1, reason: 'left' as const, untilMs: room.now() + 600_000 }];
    await room.mend({ epoch: 1, front: 2, tail: 11, slots: 1, ended });
    const later = { ...fan(11), userId: fan(1).userId };
    expect((await room.status(later)).word).to.equal('WAITING');
    expect(await room.join(later.userId)).to.include({ word: 'WAITING', number: 11 });
    expect((await room.status(holder(room, 1))).word).to.equal('ENDED');
    expect((await room.status(fan(3))).word, 'the slot is free again').to.equal('READY');
  });

  it('of two numbers of an account the later one counts, though nobody heard that the earlier ended', async () => {
    const room = await busyRoom();
    restart();
    await room.mend({ ...remembered, tail: 11 });
    const later = { ...fan(11), userId: fan(5).userId };
    expect((await room.status(later)).word).to.equal('WAITING');
    expect((await room.status(fan(5))).word, 'the earlier').to.equal('ENDED');
    expect(await room.join(later.userId)).to.include({ word: 'WAITING', number: 11 });
  });

  it('who had left while waiting is not given that place again', async () => {
    const room = await busyRoom();
    restart();
    const ended = [{ number: 5, reason: 'left' as const, untilMs: room.now() + 600_000 }];
    await room.mend({ ...remembered, ended });
    const again = await room.join(fan(5).userId);
    expect(again).to.include({ word: 'WAITING', isNew: true });
    expect(again).to.have.property('number').above(10);
  });

  it('a second loss does not forget who was inside at the first', async () => {
    const room = await busyRoom();
    for (const [slots, lose] of [
      [2, () => room.wipe()],
      [0, () => Promise.resolve()],
      [2, () => room.wipe()],
    ] as const) {
      await lose();
      restart();
      await room.mend({ ...remembered, slots });
      await room.status(fan(3));
      const reading = await room.tick();
      expect([reading.slots, reading.kept]).to.deep.equal([0, 2]);
    }
  });

  for (const [what, told] of [
    ['by who asks', [10]],
    ['by Redis', []],
  ] as const) {
    it(`a second loss keeps no turn for numbers nobody was given at the first, known ${what}`, async () => {
      const room = await busyRoom();
      const lose = () => (told.length > 0 ? room.wipe() : Promise.resolve());
      await room.wipe();
      restart();
      await room.mend({ ...remembered, slots: 0 });
      const late = await room.join('77');
      expect(late).to.include({ word: 'WAITING', number: 1_011 });
      await lose();
      restart();
      if (told.length === 0) await line.redis.hset(room.keys.state, 'tail', 5);
      await room.mend({ ...remembered, slots: 0, tail: 1_011, gaps: told });
      const reading = await room.tick();
      expect(reading.living, '3 to 10, less who has a turn, and who came after').to.be.at.most(9);
      for (const number of [3, 4, 5, 6, 7, 8, 9, 10]) await room.leave(fan(number));
      expect((await room.status({ ...fan(1_011), userId: '77' })).word).to.equal('READY');
    });
  }

  it('frees the slots of those who do not come back when their tokens are over', async () => {
    const room = await busyRoom();
    await room.wipe();
    restart();
    await room.mend(remembered);
    for (let minute = 0; minute < 10; minute += 1) {
      await room.touch(3, 4, 5);
      expect((await room.tick()).slots).to.equal(0);
      await room.advance(60_000);
    }
    expect((await room.status(fan(3))).word).to.equal('WAITING');
    expect((await room.tick()).slots).to.be.within(1, 2);
  });

  it('hands the active token out again, a new one for the same jti and end', async () => {
    const room = await busyRoom();
    await room.wipe();
    restart();
    await room.mend(remembered);
    const claims = holder(room, 1);
    const asked = await room.activate(claims, 'other');
    expect(asked).to.deep.equal({ word: 'RENEW', jti: 'jti-1', untilMs: claims.tokenEnd });
    const proposed = { jti: 'jti-1', token: 'again', tokenEndMs: claims.tokenEnd };
    const active = { word: 'ACTIVE', token: 'again' };
    expect(await line.store.activate(room.id, claims, proposed)).to.deep.equal(active);
    expect(await room.activate(claims, 'other')).to.deep.equal(active);
  });

  it('who is inside and joins again with nothing is told so, and no other in that batch suffers', async () => {
    const room = await busyRoom();
    await room.wipe();
    restart();
    await room.mend(remembered);
    expect((await room.status(holder(room, 1))).word).to.equal('ACTIVE');
    const places = await line.store.join(room.id, ['77', '1', '78']);
    const asked = places.places.map((place) => ('number' in place ? place.number : 0));
    expect(asked).to.deep.equal([1_011, 1, 1_012]);
    expect(places.places[1]).to.include({ word: 'ACTIVE', token: '' });
  });

  it('starts a room that nobody remembers with an epoch of its own', async () => {
    const room = await busyRoom();
    await room.wipe();
    restart();
    await room.mend({ epoch: 0, front: 0, tail: 0, slots: 0 });
    expect(await room.join('77')).to.include({ word: 'READY', number: 1 });
    expect(await room.status(fan(5))).to.include({ word: 'ENDED', reason: 'revoked' });
  });
});

describe('when Redis could not be reached for a while', () => {
  let line: DrivenLine;
  before(async () => {
    line = await openDrivenLine();
  });
  after(() => line.close());

  it('takes nobody for dead, and no turn for missed, who could not show otherwise', async () => {
    const room = await line.makeRoom({ maxActive: 3, idleSeconds: 60, claimSeconds: 30 });
    await room.joinMany(1, 10);
    await room.activate(fan(1));
    await room.activate(fan(2));
    await room.tick();
    await room.outage(400_000);
    const reading = await room.tick();
    expect([reading.front, reading.slots, reading.living]).to.deep.equal([3, 3, 7]);
    expect((await room.status(fan(3))).word, 'could not claim').to.equal('READY');
    expect((await room.status(fan(1))).word, 'could not act').to.equal('ACTIVE');
    await room.advance(61_000);
    await room.touch(7);
    await room.advance(60_000);
    expect((await room.tick()).front, 'silent since').to.be.greaterThan(6);
  });

  it('lets no lease outlive its hard end', async () => {
    const room = await line.makeRoom({ activeSeconds: 100, idleSeconds: 60 });
    await room.join('1');
    await room.activate(fan(1));
    await room.outage(400_000);
    expect(await room.status(fan(1))).to.include({ word: 'ENDED', reason: 'expired' });
  });
});

describe('what Redis keeps of a room', () => {
  let line: DrivenLine;
  before(async () => {
    line = await openDrivenLine();
  });
  after(() => line.close());

  it('gets rid of accounts that missed their turn and never came back, a few at a time', async () => {
    const room = await line.makeRoom({ maxActive: 3_000, claimSeconds: 5, graceSeconds: 5 });
    for (let batch = 0; batch < 4; batch += 1) await room.joinMany(batch * 500 + 1, 500);
    for (let second = 0; second < 30; second += 1) {
      await room.advance(1_000);
      await room.join(String(10_000 + second));
    }
    const { accounts = '' } = room.keys;
    expect(await line.redis.hlen(accounts)).to.equal(2_030);
    for (let tick = 0; tick < 40; tick += 1) await room.tick();
    expect(await line.redis.hlen(accounts)).to.be.lessThan(1_020);
    expect(await room.join('10029'), 'still inside').to.include({ isNew: false, number: 2_030 });
  });

  it('takes no more than 150 bytes for each who waits', async () => {
    const room = await line.makeRoom({ maxActive: 0 });
    const count = 20_000;
    for (let from = 0; from < count; from += 500) await room.joinMany(1_000_000 + from, 500);
    let bytes = 0;
    for (const key of Object.values(room.keys))
      bytes += Number((await line.redis.memory('USAGE', key, 'SAMPLES', 0)) ?? 0);
    expect(bytes / count).to.be.lessThan(150);
  });
});
