import { expect } from 'chai';
import type { RecordMinute } from '../../shared/contracts/record.ts';
import type { recordNames } from '../../shared/contracts/record.ts';
import { waitsOf } from '../../queue-gateway/queue/record-rules.ts';
import { type DrivenLine, type DrivenRoom, fan, openDrivenLine, startMs } from './driven-room.ts';

const minuteMs = 60_000;

describe('the record of a sale', () => {
  let line: DrivenLine;
  before(async () => {
    line = await openDrivenLine();
  });
  after(() => line.close());

  const minutesOf = async ({ id }: DrivenRoom): Promise<RecordMinute[]> => {
    const { closed, running } = await line.store.minutes(id);
    return [...closed, ...(running ? [running] : [])];
  };
  const sumOf = (minutes: readonly RecordMinute[], name: (typeof recordNames)[number]): number =>
    minutes.reduce((sum, minute) => sum + minute[name], 0);
  /** A gateway that ticks each second. */
  const seconds = async (room: DrivenRoom, count: number): Promise<void> => {
    for (let second = 0; second < count; second += 1) {
      await room.advance(1_000);
      await room.tick();
    }
  };

  it('adds up to who came, was let in, bought, left, was late or was not there', async () => {
    const room = await line.makeRoom({ maxActive: 5, claimSeconds: 30, graceSeconds: 0 });
    await room.seats(100);
    await room.joinMany(1, 12);
    await room.tick();
    for (const number of [1, 2, 3]) await room.activate(fan(number));
    await room.leave(fan(1));
    await room.change(1, 'paid', 2, 0, 2);
    await room.leave(fan(8));
    await room.advance(31_000);
    await room.tick();
    await room.advance(minuteMs);
    await room.tick();
    const minutes = await minutesOf(room);
    expect(sumOf(minutes, 'arrived')).to.equal(12);
    expect(sumOf(minutes, 'activated')).to.equal(3);
    expect(sumOf(minutes, 'left')).to.equal(1);
    expect(sumOf(minutes, 'completed')).to.equal(1);
    const state = await line.redis.hgetall(room.keys.state);
    for (const [name, counter] of [
      ['admitted', 'admitted'],
      ['missed', 'ended_missed'],
      ['idle', 'ended_idle'],
    ] as const)
      expect(sumOf(minutes, name), name).to.equal(Number(state[counter] ?? 0));
    const { front } = await room.tick();
    expect(sumOf(minutes, 'admitted') + sumOf(minutes, 'passed')).to.equal(front);
    expect(sumOf(minutes, 'passed')).to.be.greaterThan(0);
  });

  it('says how long people waited, from when the tail came to them until the front did', async () => {
    const room = await line.makeRoom({ maxActive: 1_000, admitPerSecond: 1 });
    await room.tick();
    await room.joinMany(1, 100);
    for (let second = 0; second < 110; second += 1) {
      await room.advance(1_000);
      await room.touch(...Array.from({ length: 100 }, (_, at) => at + 1));
      await room.tick();
    }
    const minutes = await minutesOf(room);
    const { counted, p50Seconds, p90Seconds } = waitsOf(minutes);
    expect(counted).to.equal(100);
    expect(p50Seconds).to.be.within(40, 60);
    expect(p90Seconds).to.be.within(75, 105);
    expect(minutes.map(({ limit }) => limit)).to.include('rate');
  });

  it('counts the wait of who came before the opening from the opening', async () => {
    const opensAt = new Date(startMs + 600_000).toISOString();
    const preQueueOpensAt = new Date(startMs).toISOString();
    const room = await line.makeRoom({ opensAt, preQueueOpensAt });
    await room.joinMany(1, 10);
    for (let at = 0; at < 61; at += 1) {
      await room.advance(10_000);
      await room.touch(...Array.from({ length: 10 }, (_, number) => number + 1));
      await room.tick();
    }
    const waits = waitsOf(await minutesOf(room));
    expect(waits.counted).to.equal(10);
    expect(waits.p90Seconds).to.be.at.most(12);
  });

  it('has no line for a minute in which nothing happened', async () => {
    const room = await line.makeRoom({});
    await room.tick();
    for (let minute = 0; minute < 5; minute += 1) await seconds(room, 60);
    expect(await minutesOf(room)).to.deep.equal([]);
    await room.join('1');
    await seconds(room, 120);
    const minutes = await minutesOf(room);
    expect(minutes.map(({ arrived }) => arrived).filter((count) => count > 0)).to.deep.equal([1]);
    expect(minutes.length).to.be.at.most(2);
  });

  it('keeps a day of minutes, then one line for all that follows, and loses nobody', async () => {
    const room = await line.makeRoom({ maxActive: 100_000 });
    await room.tick();
    const full = Array.from({ length: 1_440 }, (_, at) => [String(at), `${at} none 0 0`]).flat();
    await line.redis.hset(room.keys['minutes'] ?? '', ...full);
    for (let minute = 1; minute <= 5; minute += 1) {
      await room.join(`fan-${minute}`);
      await room.advance(minuteMs);
      await room.tick();
    }
    expect(await line.redis.hlen(room.keys['minutes'] ?? '')).to.equal(1_440);
    await line.redis.del(room.keys['minutes'] ?? '');
    await room.advance(minuteMs);
    await room.tick();
    const { closed } = await line.store.minutes(room.id);
    expect(closed.map(({ arrived, at }) => [arrived, Date.parse(at)])).to.deep.equal([
      [5, startMs],
    ]);
  });

  it('goes on after Redis lost the room: what was kept elsewhere is not counted again', async () => {
    const room = await line.makeRoom({ maxActive: 3 });
    await room.joinMany(1, 10);
    await room.tick();
    const known = { epoch: 1, front: 3, tail: 10, slots: 3 };
    await room.wipe();
    await room.mend(known);
    await room.tick();
    const [running] = await minutesOf(room);
    for (const name of ['arrived', 'admitted', 'passed'] as const)
      expect(running?.[name] ?? 0, name).to.equal(0);
    await room.join('new');
    await room.advance(minuteMs);
    await room.tick();
    expect(sumOf(await minutesOf(room), 'arrived')).to.equal(1);
  });

  it('is forgotten once the core has it, and the running minute is not', async () => {
    const room = await line.makeRoom({});
    await room.join('1');
    await room.tick();
    await room.advance(minuteMs);
    await room.tick();
    await room.join('2');
    const { closed, running } = await line.store.minutes(room.id);
    expect([closed.length, running?.arrived]).to.deep.equal([1, 1]);
    await line.store.forgetMinutes(room.id, closed);
    const after = await line.store.minutes(room.id);
    expect([after.closed.length, after.running?.arrived]).to.deep.equal([0, 1]);
  });

  it('costs a tick the same however many wait', async () => {
    const costs = [];
    for (const people of [100, 400]) {
      const room = await line.makeRoom({ maxActive: 0 });
      await room.joinMany(1, people);
      await room.tick();
      const watch = await line.monitor(room.id);
      await room.advance(minuteMs);
      await line.store.tick(room.id, { withCensus: false });
      costs.push(await watch.count());
    }
    expect(costs[0]).to.equal(costs[1]);
  });
});
