import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { curlStory } from '../../scripts/stack/curl-story.ts';
import { findStack, writeStack } from '../../scripts/stack/find-stack.ts';
import { freePort } from '../../scripts/stack/free-port.ts';
import { prepareKeys } from '../../scripts/stack/key-files.ts';
import { lineSplitter, terminalLine } from '../../scripts/stack/log-lines.ts';
import { takeDataDir } from '../../scripts/stack/owner-lock.ts';
import { choosePorts } from '../../scripts/stack/service-env.ts';
import {
  loadAccessKeys,
  loadAccessPublicKeys,
  loadPrivateKeys,
  loadPublicKeys,
  loadSecretKeys,
} from '../../shared/keys.ts';
import { tempDir, type TempDir } from './temp-dir.ts';

describe('the parts of npm start', () => {
  let dir: TempDir;
  beforeEach(() => {
    dir = tempDir();
  });
  afterEach(() => dir.remove());

  describe('ports', () => {
    it('are those asked for when they are free', async () => {
      const [gatewayPort, corePort] = [await freePort(), await freePort()];
      const env = { GATEWAY_PORT: String(gatewayPort), CORE_PORT: String(corePort) };
      expect(await choosePorts(env)).to.deep.equal({ gatewayPort, corePort });
    });

    it('that are taken are named with what to do', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const address = server.address();
      const port = typeof address === 'object' ? String(address?.port) : '';
      const failure = await choosePorts({ GATEWAY_PORT: '0', CORE_PORT: port }).catch(String);
      server.close();
      expect(failure).to.match(new RegExp(`Port ${port} is taken .*CORE_PORT=\\d+ npm start`));
    });

    it('that are none, or the same twice, are refused', async () => {
      const port = String(await freePort());
      const failures = await Promise.all([
        choosePorts({ GATEWAY_PORT: '80800' }).catch(String),
        choosePorts({ GATEWAY_PORT: 'http' }).catch(String),
        choosePorts({ GATEWAY_PORT: port, CORE_PORT: port }).catch(String),
      ]);
      expect(failures[0]).to.include('must be a port number');
      expect(failures[1]).to.include('must be a port number');
      expect(failures[2]).to.include('give them different ports');
    });
  });

  describe('keys', () => {
    it('are made once, for their owner alone, and stay', () => {
      const first = prepareKeys(dir.path, {});
      const kids = () => loadAccessKeys(first.ACCESS_TOKEN_KEYS ?? '').signing.kid;
      const before = kids();
      expect(prepareKeys(dir.path, {})).to.deep.equal(first);
      expect(kids()).to.equal(before);
      const modes = Object.values(first).map((path) => statSync(path).mode & 0o777);
      expect(modes).to.deep.equal(modes.map(() => 0o600));
    });

    it('fit what each service loads, and the gateway cannot sign what the core signs', () => {
      const keys = prepareKeys(dir.path, {});
      const kid = (load: typeof loadPublicKeys, name: string) => load(keys[name] ?? '').signing.kid;
      expect(kid(loadAccessPublicKeys, 'ACCESS_TOKEN_PUBLIC_KEYS')).to.equal(
        kid(loadAccessKeys, 'ACCESS_TOKEN_KEYS'),
      );
      expect(kid(loadSecretKeys, 'WAITING_TOKEN_KEYS')).to.be.a('string');
      expect(kid(loadPrivateKeys, 'ACTIVE_TOKEN_KEYS')).to.be.a('string');
      expect(kid(loadSecretKeys, 'ASSERTION_KEYS')).to.be.a('string');
      expect(kid(loadPublicKeys, 'TICKET_PUBLIC_KEYS')).to.equal(
        kid(loadPrivateKeys, 'TICKET_KEYS'),
      );
      for (const name of ['ACCESS_TOKEN_PUBLIC_KEYS', 'TICKET_PUBLIC_KEYS']) {
        expect(() => loadAccessKeys(keys[name] ?? ''), name).to.throw();
      }
    });

    it('of the environment win over files', () => {
      expect(prepareKeys(dir.path, { ASSERTION_KEYS: 'given' }).ASSERTION_KEYS).to.equal('given');
    });
  });

  describe('the record of the stack', () => {
    const record = {
      databaseUrl: 'mysql://d',
      redisUrl: 'redis://r',
      gatewayUrl: 'http://g',
      coreUrl: 'http://c',
      keysDir: '/k',
    };

    it('is found by the data folder while its process lives', () => {
      const giveBack = takeDataDir(dir.path);
      writeStack(dir.path, record);
      expect(findStack({ DATA_DIR: dir.path })).to.deep.equal(record);
      expect(statSync(join(dir.path, 'stack.json')).mode & 0o777).to.equal(0o600);
      giveBack();
    });

    it('of a killed run is not taken for a running stack', () => {
      dir.write('owner.json', JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));
      writeStack(dir.path, record);
      expect(findStack({ DATA_DIR: dir.path })).to.equal(undefined);
    });
  });

  describe('the terminal', () => {
    it('shows warnings short, and what is no log line as it is', () => {
      const shown = [
        '{"level":30,"msg":"request"}',
        '{"level":50,"msg":"event not delivered","err":{"message":"timeout"}}',
        'TypeError: x is not a function',
        '',
      ].map((line) => terminalLine('core', line, 40));
      expect(shown).to.deep.equal([
        undefined,
        '[core] error event not delivered: timeout',
        '[core] TypeError: x is not a function',
        undefined,
      ]);
    });

    it('gets whole lines, whatever pieces they come in', () => {
      const lines: string[] = [];
      const split = lineSplitter((line) => lines.push(line));
      for (const piece of ['a', 'b\nc', '\n', 'd']) split(piece);
      expect(lines).to.deep.equal(['ab', 'c']);
    });
  });

  it('prints a story that a plain shell can read', () => {
    const shell = spawnSync('sh', ['-n'], { input: curlStory('http://127.0.0.1:8080') });
    expect(shell.stderr.toString()).to.equal('');
    expect(shell.status).to.equal(0);
  });
});
