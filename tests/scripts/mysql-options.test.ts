import { expect } from 'chai';
import { mysqlInitArgs, mysqlServerArgs } from '../../scripts/stack/mysql-options.ts';

const server = {
  flavour: 'mariadb',
  profile: 'durable',
  dataDir: '/d/data',
  tmpDir: '/d/tmp',
  port: 4000,
  initFile: '/d/init.sql',
  pidFile: '/d/pid',
  isRoot: false,
} as const;
const init = { ...server, baseDir: '/usr' };

describe('the flags of a database server', () => {
  it('keep it apart from every other server of the machine', () => {
    const args = mysqlServerArgs(server);
    expect(args[0]).to.equal('--no-defaults');
    expect(args).to.include.members([
      '--bind-address=127.0.0.1',
      '--socket=',
      // Sharing /tmp, one server deletes the temporary tables of another when it starts.
      '--tmpdir=/d/tmp',
    ]);
  });

  it('make every commit durable for npm start, and none for tests', () => {
    const flush = (profile: 'durable' | 'throwaway') =>
      mysqlServerArgs({ ...server, profile }).filter((arg) => arg.includes('flush-log-at'));
    expect(flush('durable')).to.deep.equal(['--innodb-flush-log-at-trx-commit=1']);
    expect(flush('throwaway')).to.deep.equal(['--innodb-flush-log-at-trx-commit=0']);
  });

  it('say that root is meant, and only then', () => {
    expect(mysqlServerArgs({ ...server, isRoot: true })).to.include('--user=root');
    expect(mysqlServerArgs(server).join(' ')).not.to.include('--user');
  });

  it('close the second protocol of MySQL, which MariaDB does not know', () => {
    expect(mysqlServerArgs({ ...server, flavour: 'mysql' })).to.include('--loose-mysqlx=OFF');
    expect(mysqlServerArgs(server).join(' ')).not.to.include('mysqlx');
  });

  it('make the data folder the way of each family', () => {
    expect(mysqlInitArgs({ ...init, flavour: 'mysql', isRoot: true })).to.deep.equal([
      '--no-defaults',
      '--initialize-insecure',
      '--datadir=/d/data',
      '--user=root',
    ]);
    expect(mysqlInitArgs(init)).to.deep.equal([
      '--no-defaults',
      '--basedir=/usr',
      '--datadir=/d/data',
      '--skip-test-db',
      '--auth-root-authentication-method=socket',
    ]);
  });
});
