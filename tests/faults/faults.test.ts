import { expect } from 'chai';
import { seededRandom } from '../../shared/seeded-random.ts';
import { plainFaults } from './faults.ts';
import { openRig, type Rig } from './rig.ts';
import { runFaults } from './run.ts';

/** One of each kind; `npm run faults` injects them all, for as long as it is told. */
const names = [
  'kill -9 core-1',
  'kill -9 gateway-2',
  'kill -9 database and core-2',
  'kill -9 redis and gateway-1',
  'SIGTERM core-1',
  'reply to COMMIT lost (database)',
  'reply to evalsha lost (redis)',
  'slow redis by 60 ms',
  'FLUSHALL',
];

describe('load and faults for a minute, two of everything', function () {
  this.timeout(240_000);
  let rig: Rig;
  before(async () => {
    rig = await openRig();
  });
  after(() => rig.close());

  it('breaks no promise, and every key has one outcome', async () => {
    const faults = plainFaults.filter(({ name }) => names.includes(name));
    expect(faults.map(({ name }) => name)).to.have.members(names);
    const lines: string[] = [];
    const report = await runFaults({
      ...{ rig, faults, fans: 12, seconds: 45, random: seededRandom(8) },
      log: (line) => void lines.push(line),
    });
    const { operations, findings, unresolved, kills, keys } = report;
    expect(findings, lines.join('\n')).to.deep.equal([]);
    expect(unresolved, `keys without an outcome, of ${keys}`).to.equal(0);
    expect(kills, 'programs killed').to.be.above(0);
    expect(operations.ok, 'calls that worked').to.be.above(kills);
  });
});
