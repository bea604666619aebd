import { expect } from 'chai';
import { createLoadMeter } from './load-meter.ts';

describe('the load meter', () => {
  it('is empty before anything was answered', () => {
    expect(createLoadMeter(() => 0).figures()).to.deep.equal({
      requests: 0,
      p95Ms: 0,
      errorShare: 0,
    });
  });

  it('tells the p95 within 20 % and the share of 5xx', () => {
    const meter = createLoadMeter(() => 5_000);
    for (let n = 1; n <= 100; n += 1) meter.record(n <= 10 ? 503 : 200, n);
    const { requests, p95Ms, errorShare } = meter.figures();
    expect(requests).to.equal(100);
    expect(errorShare).to.equal(0.1);
    expect(p95Ms).to.be.within(95, 95 * 1.2);
  });

  it('counts a 404 or a 409 as an answer, not as a failure', () => {
    const meter = createLoadMeter(() => 5_000);
    for (const status of [200, 404, 409, 429]) meter.record(status, 1);
    expect(meter.figures()).to.include({ requests: 4, errorShare: 0 });
  });

  it('forgets what is older than ten seconds, and nothing younger', () => {
    let nowMs = 100_000;
    const meter = createLoadMeter(() => nowMs);
    for (let second = 0; second < 25; second += 1) {
      meter.record(200, 1);
      nowMs += 1_000;
    }
    expect(meter.figures().requests).to.equal(9);
    nowMs += 60_000;
    expect(meter.figures().requests).to.equal(0);
  });

  it('takes any duration', () => {
    const meter = createLoadMeter(() => 0);
    for (const durationMs of [0, 0.001, 1e9]) meter.record(200, durationMs);
    expect(meter.figures().p95Ms).to.be.greaterThan(1_000);
  });
});
