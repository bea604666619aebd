import { expect } from 'chai';
import { arrivalsOf } from './arrivals.ts';
import { planLoad, scenarioNames } from './plan.ts';

const none = {};

describe('planLoad', () => {
  it('has a plan for every scenario with nothing said', () => {
    for (const scenario of scenarioNames) {
      const plan = planLoad(scenario, none);
      expect(plan.fans, scenario).to.be.greaterThan(0);
      expect(plan.joinSeconds, scenario).to.be.greaterThan(0);
    }
  });

  it('lets another crowd arrive in the same time, unless a rate is given', () => {
    expect(planLoad('flash-crowd', { FANS: '10000' })).to.include({
      joinsPerSecond: 2_000,
      joinSeconds: 5,
    });
    expect(planLoad('flash-crowd', { FANS: '10000', RATE: '500' }).joinSeconds).to.equal(20);
  });

  it('builds up a line for the admission, whatever the rate', () => {
    const { policy, joinsPerSecond } = planLoad('queue-admission', { RATE: '500' });
    expect(policy.admitPerSecond).to.be.lessThan(joinsPerSecond);
  });

  for (const wrong of [{ FANS: '0' }, { FANS: 'many' }, { PAY_SHARE: '2' }, { RATE: '-1' }]) {
    it(`refuses ${JSON.stringify(wrong)} by its name`, () => {
      expect(() => planLoad('soak', wrong)).to.throw(Object.keys(wrong)[0] ?? '');
    });
  }
});

describe('arrivalsOf', () => {
  const all = (scenario: 'flash-crowd' | 'breakpoint', env: Record<string, string>, workers = 1) =>
    Array.from({ length: workers }, (_, first) => [
      ...arrivalsOf(planLoad(scenario, env), { first, workers }),
    ]).flat();

  it('shares the fans among the workers, none twice and none left out', () => {
    const arrivals = all('flash-crowd', { FANS: '1001' }, 3);
    expect(arrivals.map(({ index }) => index).sort((a, b) => a - b)).to.deep.equal(
      Array.from({ length: 1_001 }, (_, index) => index),
    );
  });

  it('spaces them evenly', () => {
    const arrivals = all('flash-crowd', { FANS: '10', RATE: '5' });
    expect(arrivals.map(({ atMs }) => atMs)).to.deep.equal(arrivals.map((_, n) => n * 200));
  });

  it('ramps evenly from 50 a second to the rate of a breakpoint', () => {
    const arrivals = all('breakpoint', { RATE: '1000', SECONDS: '10' });
    const within = (fromMs: number) =>
      arrivals.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + 1_000).length;
    expect(arrivals.length).to.be.closeTo(((50 + 1_000) / 2) * 10, 1);
    expect(within(0)).to.be.closeTo(97.5, 1);
    expect(within(9_000)).to.be.closeTo(952.5, 1);
  });
});
