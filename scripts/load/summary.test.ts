import { expect } from 'chai';
import { planLoad } from './plan.ts';
import { judge, type LoadSummary, summaryText } from './summary.ts';

const good: LoadSummary = {
  driver: 'native',
  plan: planLoad('queue-admission', { FANS: '100', JOIN_P99_MS: '50' }),
  seconds: 10,
  calls: { join: { count: 100, p50Ms: 1, p95Ms: 2, p99Ms: 3, maxMs: 4 } },
  spans: {},
  counts: { fans_done: 100, rate_bound_ms: 6_000 },
  gauges: { admission_error: 0.01, admitted_per_second: 59.4 },
};

const broken = (summary: LoadSummary) =>
  judge(summary)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name);

describe('the verdict on a load run', () => {
  it('passes a run in which everything held', () => {
    expect(broken(good)).to.deep.equal([]);
  });

  const faults: [string, LoadSummary][] = [
    ['unexpected', { ...good, counts: { ...good.counts, unexpected: 1 } }],
    ['passed_over', { ...good, counts: { ...good.counts, passed_over: 1 } }],
    ['position_went_back', { ...good, counts: { ...good.counts, position_went_back: 1 } }],
    ['fans_done', { ...good, counts: { ...good.counts, fans_done: 99 } }],
    ['admission_error', { ...good, gauges: { admission_error: 0.021 } }],
    ['admission_error', { ...good, gauges: {} }],
    ['rate_bound_ms', { ...good, counts: { fans_done: 100 } }],
    ['p99Ms', { ...good, calls: {} }],
  ];
  for (const [name, summary] of faults) {
    it(`fails a run for ${name}`, () => {
      expect(broken(summary)).to.deep.equal([name]);
    });
  }

  it('fails a rush that sells the last seat too late', () => {
    const plan = planLoad('seat-rush', { SOLD_OUT_SECONDS: '2' });
    const counts = { fans_done: plan.fans, seats_sold: plan.seats };
    const rush = (seconds: number): LoadSummary => ({
      ...good,
      plan,
      counts,
      gauges: { seconds_to_last_sale: seconds },
    });
    expect(broken(rush(1.9))).to.deep.equal([]);
    expect(broken(rush(2.1))).to.deep.equal(['seconds_to_last_sale']);
  });

  it('is told to a person line by line', () => {
    const text = summaryText({ ...good, counts: { ...good.counts, passed_over: 2 } });
    expect(text).to.include('NOT  nobody waits whose number the front has passed (2)');
    expect(text).to.include('join');
  });

  it('says so when the driver was too busy to let fans set off when they were due', () => {
    const late = (p99Ms: number) => {
      const start_delay = { count: 100, p50Ms: 1, p95Ms: 2, p99Ms, maxMs: p99Ms };
      return summaryText({ ...good, spans: { start_delay } });
    };
    expect(late(80)).to.include('fans set off 80 ms late (p99): the driver itself was too busy');
    expect(late(20)).not.to.include('too busy');
  });

  it('names the knee of a breakpoint that ended before its ramp did, or with late joins', () => {
    const plan = planLoad('breakpoint', { RATE: '1000', SECONDS: '20' });
    const text = (offered_per_second: number, calls = good.calls) =>
      summaryText({ ...good, plan, calls, gauges: { offered_per_second } });
    expect(text(730)).to.include('knee: 99 % of the joins within 100 ms until 730/s');
    expect(text(999)).to.include('no knee: 99 % of the joins within 100 ms up to 999/s');
    const late = { join: { count: 100, p50Ms: 1, p95Ms: 2, p99Ms: 101, maxMs: 104 } };
    expect(text(999, late)).to.include('  knee: 99 % of the joins within 100 ms until 999/s');
  });
});
