import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
// @ts-expect-error -- plain JavaScript: it has to run before TypeScript can.
import { arePackagesInstalled, isNodeNewEnough } from '../../scripts/bootstrap.mjs';
import { tempDir, type TempDir } from './temp-dir.ts';

const packages = {
  '': { name: 'x' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/other-platform': { version: '1.0.0', optional: true },
};

describe('before a command runs', () => {
  let dir: TempDir;

  beforeEach(() => {
    dir = tempDir();
    dir.write('package-lock.json', JSON.stringify({ packages }));
  });
  afterEach(() => dir.remove());

  function install(installed: Record<string, unknown>): void {
    dir.write('node_modules/.package-lock.json', JSON.stringify({ packages: installed }));
    mkdirSync(join(dir.path, 'node_modules/a'));
  }

  it('takes Node 20.19 and newer, and no older one', () => {
    const taken = ['20.19.0', '20.20.2', '22.0.0', '24.1.0'].map(isNodeNewEnough);
    const refused = ['20.18.9', '18.20.0', '16.0.0'].map(isNodeNewEnough);
    expect({ taken, refused }).to.deep.equal({
      taken: [true, true, true, true],
      refused: [false, false, false],
    });
  });

  it('finds the packages missing when there is no node_modules', () => {
    expect(arePackagesInstalled(dir.path)).to.equal(false);
  });

  it('finds the packages complete without those of another platform', () => {
    install({ 'node_modules/a': { version: '1.0.0' } });
    expect(arePackagesInstalled(dir.path)).to.equal(true);
  });

  it('finds the packages stale when the lock moved on', () => {
    install({ 'node_modules/a': { version: '0.9.0' } });
    expect(arePackagesInstalled(dir.path)).to.equal(false);
  });

  it('finds the packages incomplete when a folder is gone', () => {
    install({ 'node_modules/a': { version: '1.0.0' } });
    rmSync(join(dir.path, 'node_modules/a'), { recursive: true });
    expect(arePackagesInstalled(dir.path)).to.equal(false);
  });
});
