import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { isDebian } from '../../scripts/stack/debian.ts';
import { findBinary } from '../../scripts/stack/find-binary.ts';
import { chooseMysqlBinary, findMysqlBinaries } from '../../scripts/stack/mysql-server.ts';
import { openServices, type OpenServicesOptions } from '../../scripts/stack/open-services.ts';
import { testDatabaseUrl, testRedisUrl } from '../harness/test-stores.ts';
import { tempDir, type TempDir } from './temp-dir.ts';

const debian = 'ID=debian\nVERSION_ID="12"\n';
const alpine = 'ID=alpine\n';

/** A machine made of nothing but the commands that a test puts into it. */
describe('finding the stores', () => {
  let dir: TempDir;
  let bin: string;
  let lines: string[];

  beforeEach(() => {
    dir = tempDir();
    bin = join(dir.path, 'bin');
    lines = [];
  });
  afterEach(() => dir.remove());

  const calls = (): string => {
    const path = join(dir.path, 'calls');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };

  function machine(changes: Partial<OpenServicesOptions>): OpenServicesOptions {
    return {
      dataDir: join(dir.path, 'data'),
      profile: 'durable',
      env: { PATH: `${bin}:/usr/bin:/bin` },
      dirs: [bin],
      osRelease: alpine,
      guardFile: join(dir.path, 'policy-rc.d'),
      log: (line) => lines.push(line),
      ...changes,
    };
  }

  async function failureOf(options: OpenServicesOptions): Promise<string> {
    const services = await openServices(options).catch((error: Error) => error.message);
    if (typeof services === 'string') return services;
    await services.stop();
    throw new Error('the stores were found');
  }

  it('takes the URLs of the environment and starts nothing', async () => {
    const env = { DATABASE_URL: testDatabaseUrl(), REDIS_URL: testRedisUrl() };
    const services = await openServices(machine({ env }));
    await services.stop();
    expect([services.databaseUrl, services.redisUrl]).to.deep.equal(Object.values(env));
    expect(existsSync(join(dir.path, 'data', 'mariadb'))).to.equal(false);
  });

  it('says which URL cannot be used', async () => {
    const env = { DATABASE_URL: 'mysql://a:b@127.0.0.1:1/c', REDIS_URL: testRedisUrl() };
    const failure = await failureOf(machine({ env }));
    expect(failure).to.match(/^DATABASE_URL is set, but .*ECONNREFUSED/);
  });

  it('gives exact commands for three kinds of machine when there is no way', async () => {
    const failure = await failureOf(machine({}));
    expect(failure).to.include('sudo apt-get install -y mariadb-server redis-server');
    expect(failure).to.include('brew install mariadb redis');
    expect(failure).to.include('Docker');
  });

  it('advises about the missing store alone', async () => {
    const failure = await failureOf(machine({ env: { REDIS_URL: testRedisUrl() } }));
    expect(failure).to.include('apt-get install -y mariadb-server\n');
    expect(failure).not.to.include('redis-server');
  });

  it('installs what is missing on Debian, with no service started and no guard left', async () => {
    dir.command('bin/sudo', 'shift; exec "$@"');
    dir.command('bin/dpkg', 'exit 1');
    dir.command('bin/systemctl', `echo "systemctl $*" >> ${dir.path}/calls`);
    dir.command(
      'bin/apt-get',
      `echo "$DEBIAN_FRONTEND apt-get $*; guard: $(tail -n 1 ${dir.path}/policy-rc.d)" ` +
        `>> ${dir.path}/calls`,
    );
    await failureOf(machine({ osRelease: debian }));
    expect(calls()).to.equal(
      [
        'noninteractive apt-get update; guard: exit 101',
        'noninteractive apt-get install -y --no-install-recommends mariadb-server redis-server; ' +
          'guard: exit 101',
        'systemctl disable mariadb mariadb-server',
        'systemctl disable redis redis-server',
        '',
      ].join('\n'),
    );
    expect(existsSync(join(dir.path, 'policy-rc.d'))).to.equal(false);
    expect(lines.join('\n')).to.include('Installing mariadb-server and redis-server');
  });

  it('keeps a guard that was there before, also when the installation fails', async () => {
    const guard = dir.write('policy-rc.d', '#!/bin/sh\nexit 101\n');
    dir.command('bin/sudo', 'shift; exec "$@"');
    dir.command('bin/apt-get', 'echo no network >&2; exit 100');
    await failureOf(machine({ osRelease: debian }));
    expect(existsSync(guard)).to.equal(true);
    expect(lines.join('\n')).to.include('no network');
  });

  it('uses containers when an engine answers, and stops them again', async () => {
    dir.command('bin/docker', `echo "docker $*" >> ${dir.path}/calls`);
    const services = await openServices(machine({}));
    expect(services.databaseUrl).to.match(/^mysql:\/\/root:.+@127\.0\.0\.1:\d+\/concert$/);
    expect(services.redisUrl).to.match(/^redis:\/\/:.+@127\.0\.0\.1:\d+\/0$/);
    await services.stop();
    expect(calls())
      .to.match(/up -d --wait database/)
      .and.to.match(/up -d --wait redis/);
    expect(calls().match(/ stop\n/g)).to.have.lengthOf(2);
  });

  it('does not use docker when its engine is down', async () => {
    dir.command('bin/docker', 'exit 1');
    expect(await failureOf(machine({}))).to.include('not found');
  });
});

describe('telling machines and servers apart', () => {
  let dir: TempDir;
  beforeEach(() => {
    dir = tempDir();
  });
  afterEach(() => dir.remove());

  it('knows Debian and what is made from it', () => {
    const systems = [debian, 'ID=ubuntu\nID_LIKE=debian', 'ID=linuxmint\nID_LIKE="ubuntu debian"'];
    expect(systems.map(isDebian)).to.deep.equal([true, true, true]);
    expect(['ID=fedora', alpine, ''].map(isDebian)).to.deep.equal([false, false, false]);
  });

  it('skips files that cannot be run', () => {
    dir.write('bin/redis-server', 'not a program');
    const valkey = dir.command('bin/valkey-server', 'exit 0');
    const names = ['redis-server', 'valkey-server'];
    expect(findBinary(names, [join(dir.path, 'bin')])).to.equal(valkey);
  });

  it('asks mysqld which family it is of, and prefers the one whose data is there', async () => {
    dir.command('a/mariadbd', 'echo mariadbd Ver 10.11.6-MariaDB');
    dir.command('a/mariadb-install-db', 'exit 0');
    dir.command('b/mysqld', 'echo mysqld Ver 8.4.0 for Linux');
    const binaries = await findMysqlBinaries(['a', 'b'].map((name) => join(dir.path, name)));
    expect(binaries.map((one) => one.flavour)).to.deep.equal(['mariadb', 'mysql']);
    expect(chooseMysqlBinary(binaries, dir.path)?.flavour).to.equal('mariadb');
    dir.write('mysql/data/ibdata1', '');
    expect(chooseMysqlBinary(binaries, dir.path)?.flavour).to.equal('mysql');
  });
});
