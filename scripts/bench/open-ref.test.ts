import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../stack/run-command.ts';
import { openRef } from './open-ref.ts';

describe('openRef', () => {
  const rootDir = mkdtempSync(join(tmpdir(), 'open-ref-test-'));
  const log = (): void => undefined;
  // What a hook of git says about its own repository must not lead us there.
  const env = { PATH: process.env['PATH'], HOME: rootDir };
  const git = async (...args: string[]): Promise<string> => {
    const { code, output } = await runCommand('git', args, { cwd: rootDir, env });
    expect(code, output).to.equal(0);
    return output.trim();
  };
  const commit = async (version: string, name: string): Promise<void> => {
    const description = { name: 'small', version: '1.0.0' };
    const lock = { ...description, lockfileVersion: 3, packages: { '': { ...description, name } } };
    writeFileSync(join(rootDir, 'package.json'), JSON.stringify({ ...description, name }));
    writeFileSync(join(rootDir, 'package-lock.json'), JSON.stringify({ ...lock, name }));
    writeFileSync(join(rootDir, 'version'), version);
    await git('add', 'package.json', 'package-lock.json', 'version');
    const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com'];
    await git(...author, 'commit', '-qm', version);
    await git('tag', version);
  };
  before(async () => {
    await git('init', '-q');
    await commit('other-packages', 'earlier');
    await commit('old', 'small');
    await commit('new', 'small');
    mkdirSync(join(rootDir, 'node_modules/own'), { recursive: true });
  });
  after(() => rmSync(rootDir, { recursive: true }));

  it('checks a commit out beside the tree, with the same packages, and removes it again', async () => {
    const { dir, close } = await openRef({ rootDir, ref: 'old', log });
    expect(readFileSync(join(dir, 'version'), 'utf8')).to.equal('old');
    expect(existsSync(join(dir, 'node_modules/own'))).to.equal(true);
    await close();
    expect(existsSync(dir)).to.equal(false);
    expect((await git('worktree', 'list')).split('\n')).to.have.length(1);
    expect(existsSync(join(rootDir, 'node_modules/own'))).to.equal(true);
  });

  it('installs what that commit has locked when it is something else', async () => {
    const { dir, close } = await openRef({ rootDir, ref: 'other-packages', log });
    expect(existsSync(join(dir, 'node_modules/own'))).to.equal(false);
    await close();
  });

  it('refuses what is no commit', async () => {
    const refused = await openRef({ rootDir, ref: 'nowhere', log }).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(Error).with.property('message', 'No such commit: nowhere');
  });
});
