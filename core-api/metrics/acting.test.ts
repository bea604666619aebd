import { expect } from 'chai';
import { createActing } from './acting.ts';

describe('who acts', () => {
  it('is counted once an entry, by room, for a minute after the last call', () => {
    let nowMs = 0;
    const acting = createActing(() => nowMs);
    acting.note('1', '7');
    acting.note('1', '8');
    acting.note('2', '7');
    nowMs = 40_000;
    acting.note('1', '7');
    expect([...acting.count()]).to.have.deep.members([
      ['1', 2],
      ['2', 1],
    ]);
    nowMs = 70_000;
    expect([...acting.count()]).to.deep.equal([['1', 1]]);
    nowMs = 200_000;
    expect(acting.count().size).to.equal(0);
  });

  it('stays bounded, whoever comes', () => {
    let nowMs = 0;
    const acting = createActing(() => nowMs);
    for (let at = 0; at < 100_001; at += 1) acting.note('1', String(at));
    expect(acting.count().get('1')).to.equal(100_000);
    nowMs = 61_000;
    acting.note('1', 'new');
    expect(acting.count().get('1')).to.equal(1);
  });
});
