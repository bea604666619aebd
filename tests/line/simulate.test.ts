import { expect } from 'chai';
import { kendallTau } from '../../queue-gateway/simulation/sale-figures.ts';
import { readSaleOptions, simulate } from '../../scripts/simulate.ts';
import { testRedisUrl } from '../harness/test-stores.ts';

describe('the simulator', () => {
  const options = (...argv: string[]) => readSaleOptions(argv);

  it('sells every seat, in order, within the policy, the same way each time', async () => {
    const sale = options('--fans', '3000', '--seats', '150', '--rate', '5', '--checkout', '30');
    const first = await simulate(testRedisUrl(), sale);
    expect(first.sold).to.equal(150);
    expect(first.soldOutSeconds).to.be.greaterThan(10);
    expect(first.mostInside).to.be.at.most(sale.maxActive);
    expect(first.fairness).to.equal(1);
    expect(first.turns).to.be.at.most(5 * (first.lastedSeconds + 1) * 2);
    expect(await simulate(testRedisUrl(), sale)).to.deep.equal(first);
  }).timeout(30_000);

  it('shows what people who do not come cost', async () => {
    const sale = ['--fans', '2000', '--seats', '100', '--rate', '5', '--checkout', '20'];
    const all = await simulate(testRedisUrl(), options(...sale, '--no-show', '0'));
    const some = await simulate(testRedisUrl(), options(...sale, '--no-show', '0.5'));
    expect(some.turnsNotTaken).to.be.greaterThan(all.turnsNotTaken);
    expect(some.sold).to.equal(100);
  }).timeout(30_000);

  it('ends when everybody was inside, seats left or not', async () => {
    const sale = options('--fans', '50', '--seats', '5000', '--rate', '10', '--checkout', '10');
    const figures = await simulate(testRedisUrl(), sale);
    expect(figures.soldOutSeconds).to.equal(null);
    expect(figures.waits.length + figures.turnsNotTaken).to.be.at.most(50);
  });

  it('refuses what is no number, by the name of the flag', () => {
    expect(() => options('--no-show', '1.5')).to.throw('--no-show takes a number from 0 to 1');
    expect(() => options('--fans', 'many')).to.throw('--fans takes a whole number');
  });

  it('measures order as Kendall does', () => {
    expect(kendallTau([1, 2, 3, 4])).to.equal(1);
    expect(kendallTau([4, 3, 2, 1])).to.equal(-1);
    expect(kendallTau([1, 3, 2, 4])).to.be.closeTo(4 / 6, 1e-12);
    expect(kendallTau([7])).to.equal(1);
  });
});
