import { expect } from 'chai';
import { read } from '../../tests/tidy/tree.ts';
import { capacityTables, type Figures, readFigures } from './capacity-plan.ts';
import { aimLine, table } from './figures.ts';
import { sectionOf } from './report.ts';

const figures = (micros: number): Figures =>
  Object.fromEntries(
    [
      ...['joinNew', 'joinKnown', 'status', 'forward', 'hold', 'pay', 'holdsPerSecond'],
      ...['paysPerSecond', 'seatMap', 'seatMapSame', 'listenerKb', 'bytesWaiting', 'redisJoin'],
      ...['gatewayMb', 'coreMb', 'commit'],
    ].map((name) => [name, micros]),
  ) as Figures;

describe('the plan of capacity', () => {
  it('takes its figures from the tables and aims of a report, and names one that is missing', () => {
    const plan = { name: 'join', what: '', limit: '', budgetSeconds: 1 };
    const rows = [['ours, token never seen', 5]];
    const report = sectionOf(plan, table(['server', 'CPU µs each'], rows));
    expect(() => readFigures(report)).to.throw('"ours, token seen before: CPU µs each" of join');
    const aim = aimLine({ what: 'memory of a listener', measured: 9, unit: 'KB', atMost: 12 });
    expect(() => readFigures(sectionOf({ ...plan, name: 'sse' }, aim))).to.throw('of join');
  });

  it('asks for more processes when a call costs more', () => {
    const gatewaysOf = (text: string) => Number(/\| gateway processes \| (\d+)/.exec(text)?.[1]);
    const [cheap, dear] = [100, 5_000].map((micros) =>
      gatewaysOf(capacityTables(figures(micros), 'today')),
    );
    // For the streams alone: 250,000, 20,000 each.
    expect(cheap).to.equal(13);
    expect(dear).to.be.greaterThan(50);
  });

  it('is what stands in docs/capacity.md for the run in docs/benchmarks.md', () => {
    const when = /, (\d{4}-\d\d-\d\d \d\d:\d\d UTC)/.exec(read('docs/benchmarks.md'))?.[1] ?? '';
    const commit = /^- commit (\w+)/m.exec(read('docs/benchmarks.md'))?.[1] ?? '';
    const tables = capacityTables(
      readFigures(read('docs/benchmarks.md')),
      `${when}, commit ${commit}`,
    );
    expect(read('docs/capacity.md')).to.include(tables);
  });
});
