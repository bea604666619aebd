import { expect } from 'chai';
import { forecast, type ForecastOptions } from './forecast-rules.ts';

const usual: ForecastOptions = {
  people: 10_000,
  seats: 1_000,
  admitPerSecond: 10,
  maxActive: 10_000,
  visitSeconds: 100,
  convert: 0.5,
  seatsPerOrder: 2,
};

describe('the forecast of a sale', () => {
  it('works the third number out from two', () => {
    const told = forecast({ ...usual, admitPerSecond: 50, visitSeconds: 240 });
    expect(told.placesNeeded).to.equal(12_000);
    expect(forecast({ ...usual, maxActive: 600 })).to.include({
      visitSecondsAllowed: 60,
      rateAllowed: 6,
    });
  });

  it('lets in no more than the places inside can turn over', () => {
    const told = forecast({ ...usual, maxActive: 200 });
    expect(told).to.include({ bindsBy: 'slots', ratePerSecond: 2 });
    expect(forecast(usual)).to.include({ bindsBy: 'rate', ratePerSecond: 10 });
  });

  it('says when the last seat goes, and how long the last one in has waited', () => {
    expect(forecast(usual)).to.include({
      peopleIn: 1_000,
      longestWaitSeconds: 100,
      soldOutSeconds: 200,
      seatsLeft: 0,
    });
  });

  it('says what is left when too few come, and that nobody comes in at rate 0', () => {
    expect(forecast({ ...usual, people: 100 })).to.include({
      soldOutSeconds: null,
      seatsLeft: 900,
      peopleIn: 100,
    });
    expect(forecast({ ...usual, admitPerSecond: 0 })).to.include({
      peopleIn: 0,
      soldOutSeconds: null,
      longestWaitSeconds: Infinity,
      seatsLeft: 1_000,
    });
  });
});
