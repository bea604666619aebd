import { expect } from 'chai';
import { type Breaker, createBreaker } from './breaker.ts';

describe('the breaker', () => {
  let nowMs: number;
  let breaker: Breaker;
  beforeEach(() => {
    nowMs = 1_000_000;
    breaker = createBreaker({ now: () => nowMs, failuresMax: 3, openMs: 1_000 });
  });

  const fail = (times: number): void => {
    for (let i = 0; i < times; i += 1) breaker.report('failed');
  };

  it('opens after failures in a row, not after as many with an answer between', () => {
    fail(2);
    breaker.report('answered');
    fail(2);
    expect(breaker.state()).to.equal('closed');
    fail(1);
    expect(breaker.state()).to.equal('open');
    expect(breaker.enter()).to.equal(false);
    expect(breaker.waitMs()).to.equal(1_000);
  });

  it('lets exactly one call of a hundred through when its time is over', () => {
    fail(3);
    nowMs += 1_000;
    expect(breaker.state()).to.equal('half-open');
    const entered = Array.from({ length: 100 }, () => breaker.enter()).filter(Boolean);
    expect(entered.length).to.equal(1);
  });

  it('closes when the probe is answered and opens again when it fails', () => {
    fail(3);
    nowMs += 1_000;
    expect(breaker.enter()).to.equal(true);
    breaker.report('failed');
    expect(breaker.state()).to.equal('open');
    nowMs += 1_000;
    expect(breaker.enter()).to.equal(true);
    breaker.report('answered');
    expect(breaker.state()).to.equal('closed');
    fail(2);
    expect(breaker.state(), 'counts anew').to.equal('closed');
  });

  it('sends another probe when nobody waited for the first', () => {
    fail(3);
    nowMs += 1_000;
    expect(breaker.enter()).to.equal(true);
    breaker.report('abandoned');
    expect(breaker.enter()).to.equal(true);
  });

  it('closes on a late answer of a call from before', () => {
    fail(3);
    breaker.report('answered');
    expect(breaker.enter()).to.equal(true);
  });
});
