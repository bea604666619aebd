import { expect } from 'chai';
import { pauseBeforeForkMs, shareOf } from './worker-rules.ts';

describe('the pause before a worker is replaced', () => {
  for (const [crashes, pauseMs] of [
    [1, 0],
    [2, 500],
    [3, 1_000],
    [6, 8_000],
    [8, 30_000],
    [1_000, 30_000],
  ] as const) {
    it(`is ${pauseMs} ms after ${crashes} in a minute`, () => {
      expect(pauseBeforeForkMs(crashes)).to.equal(pauseMs);
    });
  }
});

describe('the share of a cap', () => {
  for (const [cap, processes, share] of [
    [500, 1, 500],
    [500, 2, 500],
    [500, 4, 250],
    [500, 64, 16],
    [1, 64, 1],
    [Infinity, 4, Infinity],
  ] as const) {
    it(`of ${cap} for one of ${processes} is ${share}`, () => {
      expect(shareOf(cap, processes)).to.equal(share);
    });
  }
});
