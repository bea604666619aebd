import { expect } from 'chai';
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../tests/harness/eventually.ts';
import { watchKeys } from './key-watch.ts';
import { generateSecretJwk, type KeySet, loadSecretKeys } from './keys.ts';
import { createLogger } from './logger.ts';

const log = createLogger({ service: 'test', level: 'silent' });

describe('key sets in files', () => {
  let dir: string;
  let file: string;
  let set: KeySet;
  const write = (path: string, ...keys: unknown[]) => writeFileSync(path, JSON.stringify({ keys }));
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'watch-'));
    file = join(dir, 'keys.json');
    write(file, generateSecretJwk());
    set = loadSecretKeys(file);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('follow their file, also when a link is switched to another one', async () => {
    const [written, linked] = [generateSecretJwk(), generateSecretJwk()];
    const watch = watchKeys({ config: { set, port: 1, none: undefined }, log });
    write(file, written);
    await eventually(() => expect(set.signing.kid).to.equal(written.kid));
    write(join(dir, 'other.json'), linked);
    symlinkSync(join(dir, 'other.json'), join(dir, 'link'));
    renameSync(join(dir, 'link'), file);
    await eventually(() => expect(set.signing.kid).to.equal(linked.kid));
    watch.close();
  });

  it('stay as they are when the file is none, or has what must not be', async () => {
    const { kid } = set.signing;
    const [forbidden, right] = [generateSecretJwk(), generateSecretJwk()];
    let refused = 0;
    const quiet = { info: () => undefined, error: () => void (refused += 1) };
    const watch = watchKeys({
      config: { set },
      faults: (sets) => {
        return sets['set']?.byKid.has(String(forbidden.kid)) ? [{ message: 'no' }] : [];
      },
      log: quiet,
    });
    writeFileSync(file, '{"keys": [');
    await eventually(() => expect(refused).to.equal(1));
    write(file, forbidden);
    await eventually(() => expect(refused).to.equal(2));
    expect(set.signing.kid).to.equal(kid);
    expect(set.version).to.equal(0);
    write(file, right);
    await eventually(() => expect(set.signing.kid).to.equal(right.kid));
    expect(set.version).to.equal(1);
    watch.close();
  });
});
