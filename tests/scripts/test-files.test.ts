import { expect } from 'chai';
import { parseTestRequest } from '../../scripts/test-files.ts';

const all = ['shared/a.test.ts', 'tests/scripts/b.test.ts', 'tests/stories/c.test.ts'];

describe('what npm test was asked for', () => {
  const ask = (...args: string[]) => parseTestRequest(args, all, '/root');

  it('is everything when no file is named', () => {
    expect(ask('--grep', 'one seat/two')).to.deep.equal({
      files: all,
      options: ['--grep', 'one seat/two'],
      unknown: [],
    });
  });

  it('is a file, a folder or a glob', () => {
    const files = (pattern: string) => ask(pattern).files;
    expect(files('./shared/a.test.ts')).to.deep.equal(['shared/a.test.ts']);
    expect(files('tests/stories')).to.deep.equal(['tests/stories/c.test.ts']);
    expect(files('tests/*/*.test.ts')).to.deep.equal(all.slice(1));
    expect(files('**/a.test.ts')).to.deep.equal(['shared/a.test.ts']);
  });

  it('is refused when no such test is there', () => {
    expect(ask('tests/nothing.test.ts').unknown).to.deep.equal(['tests/nothing.test.ts']);
  });
});
