import { expect } from 'chai';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import { type DrivenLine, type DrivenRoom, fan, openDrivenLine } from './driven-room.ts';

describe('admission, exactly', () => {
  let line: DrivenLine;
  before(async () => {
    line = await openDrivenLine();
  });
  after(() => line.close());

  interface Run {
    seconds: number;
    /** Who of a hundred does not come when the turn comes. */
    noShows: number;
    /** Up to whom somebody has come already. */
    seen?: number;
  }

  /** A long line, ticked four times a second; whoever comes takes the turn at once and leaves. */
  async function run(room: DrivenRoom, { seconds, noShows, seen = 0 }: Run) {
    const taken: number[] = [];
    let front = (await room.tick()).front;
    let mostSlots = 0;
    for (let step = 0; step < seconds * 4; step += 1) {
      if (step % 40 === 0) await room.touch(...range(front + 1, front + 400));
      for (let number = seen + 1; number <= front; number += 1) {
        if ((number * 37) % 100 < noShows) continue;
        expect((await room.activate(fan(number))).word).to.equal('ACTIVE');
        taken.push(number);
        await room.leave(fan(number));
      }
      seen = front;
      await room.advance(250);
      const reading = await room.tick();
      front = reading.front;
      mostSlots = Math.max(mostSlots, reading.slots);
    }
    return { taken, mostSlots, seen, reading: await room.tick() };
  }

  const range = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, at) => from + at);

  async function longLine(policy: Partial<RoomSetting>): Promise<DrivenRoom> {
    const room = await line.makeRoom({ graceSeconds: 0, ...policy });
    for (let from = 1; from < 3_000; from += 500) await room.joinMany(from, 500);
    return room;
  }

  it('meets the rate within 2 % of a minute when everybody comes', async () => {
    const room = await longLine({ maxActive: 1_000, admitPerSecond: 7 });
    const { reading } = await run(room, { seconds: 60, noShows: 0 });
    expect(reading.admitted).to.be.within(7 * 60 * 0.98, 7 * 60 * 1.02 + 7);
  });

  it('makes up for those who do not come, so that the rate is of people who come', async () => {
    const room = await longLine({ maxActive: 1_000, admitPerSecond: 7, claimSeconds: 5 });
    const { seen } = await run(room, { seconds: 30, noShows: 30 });
    const { taken, mostSlots } = await run(room, { seconds: 60, noShows: 30, seen });
    expect(taken.length).to.be.within(7 * 60 * 0.98, 7 * 60 * 1.02);
    expect(mostSlots).to.be.lessThan(1_000);
  });

  it('gives turns at twice the rate at most, even when nobody comes', async () => {
    const room = await longLine({ maxActive: 1_000, admitPerSecond: 7, claimSeconds: 5 });
    const start = await room.tick();
    const { reading } = await run(room, { seconds: 60, noShows: 100 });
    expect(reading.admitted - start.admitted).to.be.within(7 * 60 * 1.5, 7 * 60 * 2 + 14);
  });

  it('never lets more in than slots, whoever comes or not', async () => {
    const room = await longLine({ maxActive: 10, admitPerSecond: 50, claimSeconds: 5 });
    const { mostSlots, taken } = await run(room, { seconds: 20, noShows: 30 });
    expect(mostSlots).to.equal(10);
    expect([...taken].sort((a, b) => a - b)).to.deep.equal(taken);
  });

  it('lets in as many as there are seats for, once it is known what a visit comes to', async () => {
    const room = await line.makeRoom({ maxActive: 40, graceSeconds: 0 });
    await room.seats(1_000);
    await room.joinMany(1, 200);
    let eventId = 0;
    for (const number of range(1, 20)) {
      await room.activate(fan(number));
      // Each buys two seats.
      await room.change((eventId += 1), 'held', number, room.now() + 300_000, 2);
      await room.change((eventId += 1), 'paid', number, 0, 2);
    }
    // A visit comes to two seats, so 50 seats are for 25 people.
    await room.seats(50);
    for (const number of range(21, 40)) await room.leave(fan(number));
    const reading = await room.tick();
    expect([reading.slots, reading.limit]).to.deep.equal([25, 'seats']);
    await room.seats(30);
    for (const number of range(41, 55)) await room.leave(fan(number));
    expect((await room.tick()).slots).to.equal(15);
    await room.seats(0);
    for (const number of range(56, 60)) await room.leave(fan(number));
    expect((await room.tick()).slots).to.equal(10);
  });

  it('does not expect a seat more of those who hold one', async () => {
    const room = await line.makeRoom({ maxActive: 30, graceSeconds: 0 });
    await room.seats(1_000);
    await room.joinMany(1, 100);
    let eventId = 0;
    for (const number of range(1, 20)) {
      await room.activate(fan(number));
      await room.change((eventId += 1), 'paid', number, 0, 1);
    }
    for (const number of range(21, 50)) await room.activate(fan(number));
    await room.seats(10);
    await room.leave(fan(50));
    expect((await room.tick()).slots, '29 are expected to take the 10').to.equal(29);
    for (const number of range(21, 49))
      await room.change((eventId += 1), 'held', number, room.now() + 300_000);
    expect((await room.tick()).slots, 'all hold one, and 10 are left').to.equal(30);
  });
});
