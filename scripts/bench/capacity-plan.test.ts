import { expect } from 'chai';
import { read } from '../../tests/tidy/tree.ts';
import { capacityOf } from './capacity-plan.ts';
import { aimLine, table } from './figures.ts';
import { sectionOf } from './report.ts';

/** A whole run in which every call takes so many µs. */
function reportOf(micros: number): string {
  const columns = (label: string, ...heads: string[]) =>
    table(['', ...heads], [[label, ...heads.map(() => micros)]]);
  const everyStep = ['hold by id', 'pay', 'hold best', 'own reservations', 'seat map'];
  const curve = (what: string, sizes: number[], calls: string[]) =>
    table(
      [what, ...calls.map((call) => `${call}, CPU µs`)],
      sizes.map((size) => [size, ...calls.map(() => micros)]),
    );
  const aim = (what: string) => aimLine({ what, measured: 12, unit: 'KB', atMost: 12 });
  const texts: Record<string, string[]> = {
    limits: [columns('COMMIT of one row, flushed', 'µs')],
    join: [
      columns('ours, token never seen', 'CPU µs each'),
      columns('ours, token seen before', 'CPU µs each'),
    ],
    status: [columns('ours', 'CPU µs each')],
    forward: [columns('ours', 'CPU µs')],
    sales: [
      columns('holds', 'core/s', 'CPU µs of the core'),
      columns('payments', 'core/s', 'CPU µs of the core'),
    ],
    'seat-map': [columns('core', 'CPU µs each'), columns('core, unchanged (304)', 'CPU µs each')],
    sse: [aim('memory of a listener')],
    'room-size': [aim('Redis memory for each who waits')],
    flat: [
      curve('entries in the room', [1_000, 1_000_000], ['join', 'status']),
      curve('rooms', [1, 1_000], ['join in one of them']),
      curve('seats', [50, 50_000], ['hold by id', 'pay', 'hold best']),
      curve('reservations', [0, 1_000_000], everyStep),
      table(
        ['gateways', 'join, CPU µs of all', 'of which Redis'],
        [
          [1, micros, micros],
          [4, 3 * micros, micros],
        ],
      ),
    ],
    startup: [columns('gateway', 'MB then'), columns('core', 'MB then')],
  };
  const sections = Object.entries(texts).map(([name, tables]) =>
    sectionOf({ name, what: '', limit: '', budgetSeconds: 1 }, tables.join('\n\n')),
  );
  return ['- `npm run bench`, 2026-01-02 03:04 UTC', '- commit abc1234', '', ...sections].join(
    '\n',
  );
}

describe('the plan of capacity', () => {
  it('asks for more processes when a call costs more, and says which run it is from', () => {
    const gatewaysOf = (micros: number) =>
      Number(/\| gateway processes \| (\d+)/.exec(capacityOf(reportOf(micros)))?.[1]);
    // For the streams alone: 250,000, 20,000 each.
    expect(gatewaysOf(100)).to.equal(13);
    expect(gatewaysOf(5_000)).to.be.greaterThan(50);
    expect(capacityOf(reportOf(100))).to.include('2026-01-02 03:04 UTC, commit abc1234');
  });

  it('says how much more a call costs when something has grown', () => {
    const text = capacityOf(reportOf(100));
    expect(text).to.include('| gateways | 1 → 4 | join | 100 | 300 | 300 |');
    expect(text).to.include('| seats | 50 → 50,000 | pay | 100 | 100 | 100 |');
  });

  it('names a figure that the run did not come to', () => {
    const broken = reportOf(100).replace('token seen before', 'token seen');
    expect(() => capacityOf(broken)).to.throw('"ours, token seen before: CPU µs each" of join');
  });

  it('is what stands in docs/capacity.md for the run in docs/benchmarks.md', () => {
    expect(read('docs/capacity.md')).to.include(capacityOf(read('docs/benchmarks.md')));
  });
});
