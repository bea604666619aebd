import { expect } from 'chai';
import { createFlights } from './flights.ts';

/** Loads that end when the test says so. */
function pausedLoads() {
  const started: { key: string; land: (value: string) => void; crash: (error: Error) => void }[] =
    [];
  const load = (key: string) =>
    new Promise<string>((resolve, reject) => {
      started.push({ key, land: resolve, crash: reject });
    });
  return { started, flights: createFlights(load) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('flights', () => {
  it('make one load for all who ask while another runs, begun after they asked', async () => {
    const { started, flights } = pausedLoads();
    const first = flights('a');
    const others = [flights('a'), flights('a'), flights('a')];
    expect(started).to.have.length(1);
    started[0]?.land('old');
    expect(await first).to.equal('old');
    await settle();
    expect(started).to.have.length(2);
    started[1]?.land('new');
    expect(await Promise.all(others)).to.deep.equal(['new', 'new', 'new']);
  });

  it('never hand out an answer that is older than its question', async () => {
    let version = 0;
    const flights = createFlights(async () => {
      const seen = version;
      await settle();
      return seen;
    });
    const asked: Promise<void>[] = [];
    for (let n = 1; n <= 50; n += 1) {
      version = n;
      asked.push(flights('a').then((seen) => expect(seen).to.be.at.least(n)) as Promise<never>);
      if (n % 7 === 0) await settle();
    }
    await Promise.all(asked);
  });

  it('keep keys apart', async () => {
    const { started, flights } = pausedLoads();
    const both = [flights('a'), flights('b')];
    expect(started.map(({ key }) => key)).to.deep.equal(['a', 'b']);
    for (const { key, land } of started) land(`of ${key}`);
    expect(await Promise.all(both)).to.deep.equal(['of a', 'of b']);
  });

  it('tell a failure to those who waited for it, and load again for the next', async () => {
    const { started, flights } = pausedLoads();
    const first = flights('a').catch((error: Error) => error.message);
    const second = flights('a');
    started[0]?.crash(new Error('away'));
    expect(await first).to.equal('away');
    await settle();
    started[1]?.land('back');
    expect(await second).to.equal('back');
  });
});
