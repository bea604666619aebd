import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { benches, onlyByName } from '../../scripts/bench/plan.ts';
import { readReadme, renderReadme } from '../../scripts/docs.ts';
import { problemCodes, problemStatus } from '../../shared/problems.ts';
import { files, read, root } from './tree.ts';

describe('the documents', () => {
  const pages = files('*.md');

  it('were all seen', () => {
    expect(pages.length).to.be.greaterThan(10);
  });

  it('README: configuration and curl story are what the code says (npm run docs)', () => {
    expect(readReadme()).to.equal(renderReadme(readReadme()));
  });

  it('link only to files that are there', () => {
    const links = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => ({
        page,
        target: join(dirname(page), String(match[1])),
      })),
    );
    expect(links.length).to.be.greaterThan(10);
    expect(links.filter(({ target }) => !existsSync(join(root, target)))).to.deep.equal([]);
  });

  it('name only commands that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/npm run ([a-z][a-z:-]*)/g)].map((match) => String(match[1])),
    );
    expect(named.length).to.be.greaterThan(10);
    expect(named.filter((name) => !(name in scripts))).to.deep.equal([]);
  });

  it('README: names every bench in the order of the plan', () => {
    const row = /^\| `npm run bench \[-- (.+?) \[--minutes/m.exec(read('README.md'))?.[1] ?? '';
    const names = [...benches, ...onlyByName].map(({ name }) => name);
    expect(row.split(' \\| ')).to.deep.equal(names);
  });

  it('docs/problems.md has every problem code with its status', () => {
    const page = read('docs/problems.md');
    const missing = problemCodes.filter(
      (code) => !page.includes(`| \`${code}\` | ${problemStatus(code)} |`),
    );
    expect(problemCodes.length).to.be.greaterThan(30);
    expect(missing).to.deep.equal([]);
  });
});
