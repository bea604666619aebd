import { expect } from 'chai';
import { seededRandom } from '../../shared/seeded-random.ts';
import { inTurn } from './against.ts';
import { changesOf, describeChanges, figuresOf } from './compare.ts';
import { table } from './figures.ts';

/** A bench that prints what these speeds come to, each off by up to 5 % by chance. */
function noisyBench(speeds: { join: number; status: number }, seed: number): () => Promise<string> {
  const random = seededRandom(seed);
  const noisy = (value: number): number => Math.round(value * (0.95 + random() * 0.1));
  return () =>
    Promise.resolve(
      table(
        ['call', 'requests/s', 'spread %'],
        [
          ['join', noisy(speeds.join), noisy(9)],
          ['status', noisy(speeds.status), noisy(9)],
        ],
      ),
    );
}

describe('figuresOf', () => {
  it('reads every number of the tables by its row and column, but no spread', () => {
    const text = `10 rounds\n\n${table(['server', 'a/s', 'spread %', 'share'], [['ours', 12, 3, '50 %']])}\n\n- x: 1`;
    expect([...figuresOf(text)]).to.deep.equal([
      ['ours: a/s', 12],
      ['ours: share', 50],
    ]);
  });

  it('takes the median over numbered rounds and tells columns of one name apart', () => {
    const rows = [
      [1, 10, 5],
      [2, 30, 6],
      [3, 20, 7],
    ];
    expect([...figuresOf(table(['round', 'core', 'core'], rows))]).to.deep.equal([
      ['core', 20],
      ['core (2)', 6],
    ]);
  });

  it('tells rows of numbers apart by the first', () => {
    expect([
      ...figuresOf(
        table(
          ['seats', 'µs'],
          [
            [50, 7],
            [500, 8],
          ],
        ),
      ),
    ]).to.deep.equal([
      ['seats 50: µs', 7],
      ['seats 500: µs', 8],
    ]);
  });
});

describe('a comparison of two commits', () => {
  it('names what changed beyond noise and nothing else', async () => {
    const sides = [
      noisyBench({ join: 1_000, status: 3_000 }, 1),
      noisyBench({ join: 1_300, status: 3_000 }, 2),
    ];
    const [before = [], after = []] = await inTurn(7, sides);
    const changes = changesOf(before, after);
    const beyond = changes.filter(({ isBeyondNoise }) => isBeyondNoise);
    expect(beyond.map(({ figure }) => figure)).to.deep.equal(['join: requests/s']);
    expect(beyond[0]?.ratio).to.be.closeTo(1.3, 0.1);
    expect(describeChanges(changes)).to.include('1 of 2 figures changed beyond noise.');
  });

  it('finds nothing between a commit and itself', async () => {
    const speeds = { join: 1_000, status: 3_000 };
    const [before = [], after = []] = await inTurn(7, [
      noisyBench(speeds, 3),
      noisyBench(speeds, 4),
    ]);
    expect(describeChanges(changesOf(before, after))).to.equal(
      '0 of 2 figures changed beyond noise.',
    );
  });

  it('runs both sides in turn, each first as often as the other', async () => {
    const order: string[] = [];
    const side = (name: string) => () => Promise.resolve(String(order.push(name)));
    await inTurn(2, [side('A'), side('B')]);
    expect(order.join(' ')).to.equal('A B B A');
  });
});
