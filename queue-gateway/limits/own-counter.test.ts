import { expect } from 'chai';
import { createOwnCounter } from './own-counter.ts';

describe('the counter of one process', () => {
  let nowMs = 0;
  const count = (key: string) => counter(key);
  let counter = createOwnCounter({ seconds: 60, now: () => nowMs });

  beforeEach(() => {
    nowMs = 1_000;
    counter = createOwnCounter({ seconds: 60, now: () => nowMs });
  });

  it('counts each key for itself, and says when its window ends', () => {
    expect(count('a')).to.deep.equal({ used: 1, waitMs: 60_000 });
    nowMs += 100;
    expect(count('a')).to.deep.equal({ used: 2, waitMs: 59_900 });
    expect(count('b')).to.deep.equal({ used: 1, waitMs: 60_000 });
  });

  it('keeps a window whole to its last moment, whenever it began', () => {
    for (const startMs of [0, 1, 30_000, 59_999, 60_000, 90_000]) {
      nowMs = 1_000 + startMs;
      const key = `begun ${startMs}`;
      count(key);
      nowMs += 59_999;
      expect(count(key), key).to.deep.equal({ used: 2, waitMs: 1 });
      nowMs += 1;
      expect(count(key), key).to.deep.equal({ used: 1, waitMs: 60_000 });
    }
  });

  it('forgets the oldest rather than keep any number of keys', () => {
    counter = createOwnCounter({ seconds: 60, keysMax: 3, now: () => nowMs });
    for (const key of ['a', 'b', 'c', 'd']) count(key);
    expect(count('a').used, 'of the span before').to.equal(2);
    for (const key of ['e', 'f', 'g']) count(key);
    expect(count('a').used).to.equal(1);
  });

  it('begins anew for a key that comes back much later', () => {
    count('a');
    nowMs += 3_600_000;
    expect(count('a').used).to.equal(1);
  });
});
