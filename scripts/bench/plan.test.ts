import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readBenchRequest } from '../bench.ts';
import { benches, onlyByName } from './plan.ts';
import { withReport } from './report.ts';

const dir = import.meta.dirname;
const all = [...benches, ...onlyByName].map(({ name }) => name);

describe('the benches', () => {
  it('are the files that can be run, each once', () => {
    const runnable = readdirSync(dir)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .filter((file) => readFileSync(join(dir, file), 'utf8').includes('isMain(import.meta.url)'))
      .map((file) => file.replace(/\.ts$/, ''));
    expect([...all].sort()).to.deep.equal(runnable.sort());
  });

  it('are planned to take less than a quarter of an hour together, the build with them', () => {
    const buildSeconds = 45;
    const planned = benches.reduce((sum, { budgetSeconds }) => sum + budgetSeconds, buildSeconds);
    expect(planned).to.be.at.most(900);
  });
});

describe('readBenchRequest', () => {
  it('runs all when none is named', () => {
    expect(readBenchRequest([])).to.include({ plans: benches, writes: false });
    expect(readBenchRequest(['--write'])).to.deep.include({
      isAll: true,
      options: [],
      writes: true,
    });
  });

  it('runs those named at their full length', () => {
    const { plans, options } = readBenchRequest(['soak', 'join', '--minutes', '3']);
    expect(plans.map(({ name }) => name)).to.deep.equal(['join', 'soak']);
    expect(options).to.deep.equal(['--minutes', '3']);
  });

  it('compares short runs with a commit', () => {
    const request = readBenchRequest(['join', '--against', 'HEAD~1', '--rounds', '5']);
    expect(request).to.deep.include({ against: 'HEAD~1', rounds: 5, options: ['--short'] });
  });

  it('puts down all benches together, and what has a document of its own', () => {
    expect(readBenchRequest(['profile', '--write'])).to.include({ writes: true });
  });

  for (const wrong of [['jion'], ['--shrot'], ['--against'], ['join', '--write']]) {
    it(`refuses ${wrong.join(' ')}`, () => {
      expect(() => readBenchRequest(wrong)).to.throw(/No such bench|--against|--write/);
    });
  }
});

describe('withReport', () => {
  it('puts a report in the place of the one before and leaves the rest', () => {
    const first = withReport('# a\n<!-- last run -->\n<!-- end of the last run -->\nb\n', 'one');
    const second = withReport(first, 'two');
    expect(second).to.equal('# a\n<!-- last run -->\n\ntwo\n\n<!-- end of the last run -->\nb\n');
  });
});
