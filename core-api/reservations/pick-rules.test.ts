import { expect } from 'chai';
import fc from 'fast-check';
import { type FreeSeat, rankGroups } from './pick-rules.ts';

const seatsOf = (numbers: readonly number[], block: string | null = null): FreeSeat[] =>
  numbers.map((seatNum) => ({ seatId: `s${seatNum}`, seatNum, block }));

const numbers = (groups: FreeSeat[][]): number[][] =>
  groups.map((group) => group.map(({ seatNum }) => seatNum));

describe('pick rules', () => {
  it('take the lowest seats side by side', () => {
    expect(numbers(rankGroups(seatsOf([2, 5, 6, 7, 8]), 2))).to.deep.equal([
      [5, 6],
      [7, 8],
    ]);
  });

  it('leave no lone seat where another group does not', () => {
    expect(numbers(rankGroups(seatsOf([1, 2, 3, 10, 11]), 2))).to.deep.equal([
      [10, 11],
      [1, 2],
    ]);
    expect(numbers(rankGroups(seatsOf([1, 2, 7]), 1))[0]).to.deep.equal([7]);
    // The second of many would leave the first one alone.
    expect(numbers(rankGroups(seatsOf([1, 2, 3, 4, 5]), 1)).slice(0, 3)).to.deep.equal([
      [1],
      [3],
      [5],
    ]);
  });

  it('do not seat people together across blocks', () => {
    const seats = [...seatsOf([1, 2], 'A'), ...seatsOf([3, 4], 'B')];
    expect(numbers(rankGroups(seats, 3))).to.deep.equal([]);
    expect(numbers(rankGroups(seats, 2))).to.deep.equal([
      [1, 2],
      [3, 4],
    ]);
  });

  it('give groups of that size, side by side, never a seat twice', () => {
    const seatNums = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 50 });
    fc.assert(
      fc.property(seatNums, fc.integer({ min: 1, max: 6 }), (nums, count) => {
        const groups = numbers(rankGroups(seatsOf([...nums].sort((a, b) => a - b)), count));
        const all = groups.flat();
        expect(new Set(all).size).to.equal(all.length);
        for (const group of groups) {
          expect(group).to.have.length(count);
          expect((group.at(-1) ?? 0) - (group[0] ?? 0)).to.equal(count - 1);
          for (const seatNum of group) expect(nums).to.include(seatNum);
        }
      }),
    );
  });
});
