import { expect } from 'chai';
import { judge, type Seen } from './admission-record.ts';

const span = { fromMs: 0, toMs: 10_000 };
const activated = (atMs: number, number: number): Seen => ({ what: 'activated', atMs, number });
const told = (askedAtMs: number, number: number): Seen => ({
  what: 'told',
  atMs: askedAtMs + 5,
  askedAtMs,
  number,
  status: 'WAITING',
});

describe('the judge of the admission bench', () => {
  it('counts admissions of the span', () => {
    const verdict = judge([activated(1, 1), activated(9_999, 2), activated(10_000, 3)], span);
    expect(verdict).to.include({ activated: 2, perSecond: 0.2 });
  });

  it('sees somebody who waits while a later number had a turn long ago', () => {
    expect(judge([activated(1_000, 7), told(5_000, 6)], span).inversions).to.equal(1);
    expect(judge([activated(1_000, 7), told(5_000, 8)], span).inversions).to.equal(0);
    expect(judge([activated(1_000, 7), told(1_500, 6)], span).inversions).to.equal(0);
  });

  it('sees a front that goes back behind a turn', () => {
    const record: Seen[] = [activated(1, 7), { what: 'front', atMs: 2, front: 6 }];
    expect(judge(record, span).inversions).to.equal(1);
  });

  it('sees a number given twice, and an account with two', () => {
    const joined = (userId: number, number: number): Seen => ({
      what: 'joined',
      atMs: 1,
      userId,
      number,
    });
    expect(judge([joined(1, 1), joined(1, 1), joined(2, 2)], span).doubles).to.equal(0);
    expect(judge([joined(1, 1), joined(2, 1)], span).doubles).to.equal(1);
    expect(judge([joined(1, 1), joined(1, 2)], span).doubles).to.equal(1);
  });

  it('knows how many were inside at once', () => {
    const left: Seen = { what: 'left', atMs: 3, number: 1 };
    const record = [activated(1, 1), activated(2, 2), left, activated(4, 3)];
    expect(judge(record, span).insideMax).to.equal(2);
  });
});
