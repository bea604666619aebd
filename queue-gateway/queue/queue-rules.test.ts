import { expect } from 'chai';
import { Problem } from '../../shared/problems.ts';
import { pollPolicy } from '../rooms/room-rules.ts';
import { createJoinBatcher } from './join-batcher.ts';
import { fromLifeBitmap, toLifeBitmap } from './life-bitmap.ts';
import { createLifeBuffer } from './life-buffer.ts';
import { createPollGuard } from './poll-guard.ts';
import { pollAfterMs } from './queue-rules.ts';
import type { JoinedPlace } from './queue-types.ts';

describe('when to ask again', () => {
  it('is half of the wait between 3 and 30 seconds, up to 30 % later and never past the turn', () => {
    const cases: [number | null, number, number][] = [
      [null, 0, 3_000],
      [0, 0, 3_000],
      [40, 0, 20_000],
      [40, 1, 26_000],
      [20, 0.5, 11_500],
      [3_600, 0, 30_000],
      [3_600, 1, 39_000],
    ];
    for (const [eta, dice, expected] of cases)
      expect(pollAfterMs(pollPolicy, eta, dice), `${eta} s`).to.equal(expected);
  });

  it('is always shorter than a window of life', () => {
    expect(pollAfterMs(pollPolicy, 1e9, 1)).to.be.lessThan(60_000);
  });
});

describe('poll guard', () => {
  const sameAsTold = (): number => 10_000;

  it('refuses before half of the told pause, and says when to come', () => {
    let nowMs = 0;
    const guard = createPollGuard({ now: () => nowMs, enforced: true });
    guard.check('1:1', sameAsTold);
    guard.told('1:1', 10_000);
    nowMs = 4_999;
    const refused = (): void => guard.check('1:1', sameAsTold);
    expect(refused).to.throw(Problem).with.property('code', 'too-many-requests');
    expect(refused).to.throw(Problem).with.property('retryAfterSeconds', 1);
    guard.check('1:2', sameAsTold);
    nowMs = 5_000;
    guard.check('1:1', sameAsTold);
    guard.told('1:1', 10_000);
    guard.forgive('1:1');
    guard.check('1:1', sameAsTold);
  });

  it('takes a question for early only by the shorter of what it told and would tell now', () => {
    let nowMs = 0;
    const guard = createPollGuard({ now: () => nowMs, enforced: true });
    guard.told('1:1', 30_000);
    // Another process has told 3 s meanwhile, and this one knows as much of the room.
    nowMs = 3_000;
    guard.check('1:1', () => 3_000);
    expect(() => guard.check('1:1', () => 20_000)).to.throw(Problem);
    expect(() => guard.check('1:1', () => 60_000)).to.throw(Problem);
  });
});

describe('join batcher', () => {
  it('sends alone at once, and in a batch who comes while a call is under way', async () => {
    const sent: string[][] = [];
    const release: (() => void)[] = [];
    const batcher = createJoinBatcher({
      batchMax: 3,
      send: async (_room, userIds) => {
        sent.push(userIds);
        await new Promise<void>((resolve) => release.push(resolve));
        return userIds.map((userId): JoinedPlace => ({
          word: 'WAITING',
          isNew: true,
          number: Number(userId),
        }));
      },
    });
    const joins = ['1', '2', '3', '4', '5'].map((userId) => batcher.join('1', userId));
    expect(sent).to.deep.equal([['1']]);
    for (let turn = 0; turn < 3; turn += 1) {
      await new Promise(setImmediate);
      release[turn]?.();
      await joins[[0, 3, 4][turn] ?? 0];
    }
    expect(sent).to.deep.equal([['1'], ['2', '3', '4'], ['5']]);
    const places = await Promise.all(joins);
    expect(places.map((place) => 'number' in place && place.number)).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('fails everybody of a batch that failed, and nobody of the next', async () => {
    let calls = 0;
    const batcher = createJoinBatcher({
      batchMax: 10,
      send: async (_room, userIds) => {
        calls += 1;
        await Promise.resolve();
        if (calls === 1) throw new Error('away');
        return userIds.map((): JoinedPlace => ({ word: 'full' }));
      },
    });
    const results = await Promise.allSettled([batcher.join('1', '1'), batcher.join('1', '2')]);
    expect(results.map(({ status }) => status)).to.deep.equal(['rejected', 'fulfilled']);
    expect(await batcher.join('1', '3')).to.deep.equal({ word: 'full' });
  });
});

describe('life buffer', () => {
  it('hands on each sign once, in batches, and keeps what could not be handed on', async () => {
    let away = true;
    const sent: [string, number[]][] = [];
    const life = createLifeBuffer({
      batchMax: 2,
      send: async (roomId, marks) => {
        await Promise.resolve();
        if (away) throw new Error('away');
        sent.push([roomId, marks]);
      },
    });
    for (const number of [1, 2, 3, 1, 2]) life.noteWaiting('7', number);
    life.noteActivity('8', 5);
    const failed = await life.flush().catch((error: Error) => error.message);
    expect(failed).to.equal('away');
    away = false;
    await life.flush();
    await life.flush();
    expect(sent.sort()).to.deep.equal([
      ['7', [1, 2]],
      ['7', [3]],
      ['8', [-5]],
    ]);
  });
});

describe('life bitmap', () => {
  it('is as Redis counts bits, and reads back what was written', () => {
    expect(toLifeBitmap([8, 15, 17])).to.deep.equal({
      firstByte: 1,
      bytes: Buffer.from([0b1000_0001, 0b0100_0000]),
    });
    for (const numbers of [[], [1], [7, 8], [1_000_000, 1_000_001, 1_000_100]])
      expect(fromLifeBitmap(toLifeBitmap(numbers))).to.deep.equal(numbers);
  });
});
