import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { composeEnv, keysCommand } from '../../scripts/keys.ts';
import { keyFiles, publicHalves } from '../../scripts/stack/key-files.ts';
import { jwsAlgorithmOf } from '../../shared/jws.ts';
import {
  generatePrivateJwk,
  loadAccessKeys,
  loadAccessPublicKeys,
  loadPrivateKeys,
  loadSecretKeys,
} from '../../shared/keys.ts';

const root = new URL('../../', import.meta.url);

describe('npm run keys', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'keys-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('init makes key sets that only their owner can read, and never replaces one', async () => {
    const first = await keysCommand(['init'], { DATA_DIR: dataDir });
    const paths = first.split('\n').map((line) => line.slice(line.indexOf('=') + 1));
    expect(paths.length).to.equal(keyFiles.length + publicHalves.length);
    const before = paths.map((path) => readFileSync(path, 'utf8'));
    for (const path of paths) expect(statSync(path).mode & 0o777, path).to.equal(0o600);
    expect(await keysCommand(['init'], { DATA_DIR: dataDir })).to.equal(first);
    expect(paths.map((path) => readFileSync(path, 'utf8'))).to.deep.equal(before);
  });

  it('env prints every secret that docker-compose.yml asks for', async () => {
    const compose = readFileSync(new URL('docker-compose.yml', root), 'utf8');
    const asked = [...compose.matchAll(/\$\{([A-Z_]+):\?/g)].map((match) => match[1]);
    expect(asked.length).to.be.greaterThan(5);
    expect(Object.keys(composeEnv())).to.have.members([...new Set(asked)]);
    const lines = (await keysCommand(['env'], {})).split('\n');
    for (const line of lines) expect(line).to.match(/^[A-Z_]+='[^'$\\]+'$/);
  });

  it('env prints keys that the services take, and other ones each time', () => {
    const env = composeEnv();
    const access = loadAccessKeys(env['ACCESS_TOKEN_KEYS'] ?? '');
    expect(loadAccessPublicKeys(env['ACCESS_TOKEN_PUBLIC_KEYS'] ?? '').signing.kid).to.equal(
      access.signing.kid,
    );
    expect(env['ACCESS_TOKEN_PUBLIC_KEYS']).not.to.contain('"d"');
    loadPrivateKeys(env['ACTIVE_TOKEN_KEYS'] ?? '');
    loadSecretKeys(env['WAITING_TOKEN_KEYS'] ?? '');
    loadSecretKeys(env['ASSERTION_KEYS'] ?? '');
    const again = composeEnv();
    for (const [name, value] of Object.entries(env)) expect(again[name], name).not.to.equal(value);
  });

  it('keeps access keys of the kind there was before, and rotates to RSA', async () => {
    const path = join(dataDir, 'keys', 'access-token.json');
    const env = { DATA_DIR: dataDir };
    await keysCommand(['init'], env);
    writeFileSync(path, JSON.stringify({ keys: [generatePrivateJwk(), generatePrivateJwk()] }));
    const algorithms = () =>
      [...loadAccessKeys(path).byKid.values()].map((key) => jwsAlgorithmOf(key));
    await keysCommand(['init'], env);
    expect(algorithms()).to.deep.equal(['ES256', 'ES256']);
    await keysCommand(['rotate', 'access-token'], env);
    expect(algorithms()).to.deep.equal(['ES256', 'RS256', 'ES256']);
    await keysCommand(['rotate', 'access-token'], env);
    expect(algorithms()).to.deep.equal(['RS256', 'RS256', 'ES256', 'ES256']);
  });

  it('says how it is used when it is asked for something else', async () => {
    for (const argv of [
      [],
      ['help'],
      ['init', 'x'],
      ['list', 'x'],
      ['retire'],
      ['retire', 'a', 'b'],
    ])
      expect(await keysCommand(argv, {}).catch((error: Error) => error.message)).to.match(/^Usage/);
  });
});
