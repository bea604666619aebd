import { expect } from 'chai';
import { createPressure, type Load, loadLimits } from './pressure.ts';

const fine: Load = {
  requests: 1_000,
  p95Ms: 20,
  errorShare: 0,
  poolWaitMs: 1,
  lockWaitMs: 1,
  eventLoopDelayMs: 5,
};

describe('back-pressure', () => {
  it('halves the rate at once, for each of the limits, and for a core that says nothing', () => {
    const bad: (Load | undefined)[] = Object.entries(loadLimits).map(([name, limit]) => ({
      ...fine,
      [name]: limit * 1.01,
    }));
    for (const load of [...bad, undefined]) {
      const pressure = createPressure(() => 0);
      pressure.note(fine);
      expect(pressure.share()).to.equal(1);
      pressure.note(load);
      expect(pressure.share(), JSON.stringify(load)).to.equal(0.5);
      expect(pressure.reason()).to.be.a('string');
    }
  });

  it('waits until a cut can show before it cuts again, and never closes the door', () => {
    let nowMs = 0;
    const pressure = createPressure(() => nowMs);
    const shares = [];
    for (let second = 0; second < 60; second += 1) {
      pressure.note({ ...fine, p95Ms: 9_999 });
      shares.push(pressure.share());
      nowMs += 1_000;
    }
    expect([...new Set(shares)]).to.deep.equal([0.5, 0.25, 0.125, 0.1]);
  });

  it('recovers step by step', () => {
    const pressure = createPressure(() => 0);
    pressure.note({ ...fine, lockWaitMs: 9_999 });
    for (let second = 1; second <= 9; second += 1) {
      pressure.note(fine);
      expect(pressure.share()).to.be.closeTo(0.5 + second * 0.05, 1e-9);
      expect(pressure.reason()).to.equal('lockWaitMs');
    }
    pressure.note(fine);
    expect([pressure.share(), pressure.reason()]).to.deep.equal([1, undefined]);
  });

  it('does not take two errors of ten answers for a trend', () => {
    const pressure = createPressure(() => 0);
    pressure.note({ ...fine, requests: 10, errorShare: 0.2 });
    expect(pressure.share()).to.equal(1);
  });
});
