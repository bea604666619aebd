import { expect } from 'chai';
import fc from 'fast-check';
import {
  type Demand,
  type EtaNow,
  quantiles,
  seatChance,
  tellEta,
  type ToldEta,
  waitSeconds,
} from './odds-rules.ts';

const paceArb = fc.record({
  perSecond: fc.double({ min: 0.02, max: 500, noNaN: true }),
  spread: fc.double({ min: 0, max: 5_000, noNaN: true }),
});
const aheadArb = fc.nat(1_000_000);

describe('how long it takes', () => {
  it('is the people before, and this one, by the speed of the front', () => {
    expect(waitSeconds(9, { perSecond: 2, spread: 0 }, quantiles.p50)).to.equal(5);
    expect(waitSeconds(0, { perSecond: 50, spread: 7 }, quantiles.p50)).to.equal(1);
    expect(waitSeconds(999, { perSecond: 10, spread: 0 }, quantiles.p90)).to.equal(100);
  });

  it('takes longer in a tenth of cases, the more the front varies', () => {
    const p90 = (spread: number): number =>
      waitSeconds(999, { perSecond: 10, spread }, quantiles.p90);
    expect([p90(0), p90(10), p90(100)]).to.deep.equal([100, 105, 114]);
    fc.assert(
      fc.property(aheadArb, paceArb, (ahead, pace) => {
        const half = waitSeconds(ahead, pace, quantiles.p50);
        return half >= 1 && waitSeconds(ahead, pace, quantiles.p90) >= half;
      }),
    );
  });

  it('is never less for who stands further behind', () => {
    fc.assert(
      fc.property(aheadArb, fc.nat(1_000), paceArb, (ahead, more, pace) =>
        [quantiles.p50, quantiles.p90].every(
          (one) => waitSeconds(ahead + more, pace, one) >= waitSeconds(ahead, pace, one),
        ),
      ),
    );
  });

  it('is right about nine waits in ten', () => {
    // A front that lets in 0 … 4 people a second, as a fixed sequence of dice.
    let state = 7;
    const dice = (): number => (state = (state * 48_271) % 2_147_483_647) % 5;
    const limit = waitSeconds(99, { perSecond: 2, spread: 2 }, quantiles.p90);
    let within = 0;
    for (let run = 0; run < 1_000; run += 1) {
      let [seconds, admitted] = [0, 0];
      for (; admitted < 100; seconds += 1) admitted += dice();
      if (seconds <= limit) within += 1;
    }
    expect(within).to.be.within(860, 940);
  });
});

describe('the chance of a seat', () => {
  const demand: Demand = {
    sellable: 100,
    undecided: 0,
    noShow: 0.2,
    conversion: 0.5,
    seatsPerOrder: 2,
  };
  const demandArb = fc.record({
    sellable: fc.nat(10_000),
    undecided: fc.nat(1_000),
    noShow: fc.double({ min: 0, max: 1, noNaN: true }),
    conversion: fc.double({ min: 0, max: 1, noNaN: true }),
    seatsPerOrder: fc.double({ min: 0, max: 8, noNaN: true }),
  });

  it('is even where those before are expected to buy just what there is', () => {
    expect(seatChance(125, demand)).to.be.within(0.45, 0.5);
    expect(seatChance(10, demand)).to.equal(1);
    expect(seatChance(250, demand)).to.equal(0);
    expect(seatChance(0, { ...demand, sellable: 0 })).to.equal(0);
    expect(seatChance(110, { ...demand, undecided: 100 })).to.be.lessThan(0.01);
  });

  it('lies between 0 and 1, and falls with the people before and rises with the seats', () => {
    fc.assert(
      fc.property(demandArb, aheadArb, fc.nat(500), (given, ahead, more) => {
        const chance = seatChance(ahead, given);
        const richer = seatChance(ahead, { ...given, sellable: given.sellable + more });
        return chance >= 0 && chance <= 1 && richer >= chance;
      }),
    );
    for (let ahead = 0; ahead < 300; ahead += 1)
      expect(seatChance(ahead + 1, demand)).to.be.at.most(seatChance(ahead, demand));
  });
});

describe('what is told of the wait', () => {
  const nowArb: fc.Arbitrary<EtaNow> = fc.record({
    etaSeconds: fc.option(fc.integer({ min: 1, max: 10_000 })),
    perSecond: fc.double({ min: 0.02, max: 500, noNaN: true }),
    phase: fc.constantFrom('OPEN', 'PAUSED', 'DRAINING', 'SOLD_OUT_LIKELY'),
    limit: fc.constantFrom('none', 'closed', 'slots', 'rate', 'pressure', 'seats'),
  });

  it('never gets later than what was told last without a reason', () => {
    fc.assert(
      fc.property(fc.array(nowArb, { maxLength: 30 }), (moments) => {
        let last: ToldEta | undefined;
        let shown = Infinity;
        for (const now of moments) {
          const { etaSeconds, etaReason, told } = tellEta(last, now);
          last = told;
          if (etaSeconds === null) continue;
          if (etaSeconds > shown && etaReason === null) return false;
          shown = etaSeconds;
        }
        return true;
      }),
    );
  });

  const fast = { perSecond: 10, phase: 'OPEN', limit: 'rate' } as const;
  const told = { etaSeconds: 100, perSecond: 10, silence: null };

  it('says what made it later', () => {
    const reasonOf = (more: Partial<EtaNow>) =>
      tellEta(told, { ...fast, etaSeconds: 200, ...more }).etaReason;
    expect(reasonOf({})).to.equal('more-ahead');
    expect(reasonOf({ perSecond: 5 })).to.equal('slower');
    expect(reasonOf({ perSecond: 5, limit: 'slots' })).to.equal('slots');
    expect(reasonOf({ perSecond: 5, limit: 'pressure' })).to.equal('pressure');
  });

  it('does not tremble, and says nothing where nothing changed for the worse', () => {
    expect(tellEta(told, { ...fast, etaSeconds: 108 })).to.include({
      etaSeconds: 100,
      etaReason: null,
    });
    expect(tellEta(told, { ...fast, etaSeconds: 60 })).to.include({
      etaSeconds: 60,
      etaReason: null,
    });
  });

  it('remembers over a pause why it is later now', () => {
    const paused = tellEta(told, { ...fast, etaSeconds: null, phase: 'PAUSED' });
    expect(paused).to.include({ etaSeconds: null, etaReason: 'paused' });
    const after = tellEta(paused.told, { ...fast, etaSeconds: 300 });
    expect(after).to.include({ etaSeconds: 300, etaReason: 'paused' });
    expect(tellEta(after.told, { ...fast, etaSeconds: 290 }).etaReason).to.equal(null);
  });
});
