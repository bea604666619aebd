/** Which of the two families a server binary belongs to: they are set up differently. */
export type MysqlFlavour = 'mariadb' | 'mysql';

/** `durable` keeps every answer on disk; `throwaway` trades all of that for speed, for tests. */
export type StoreProfile = 'durable' | 'throwaway';

export interface MysqlServerOptions {
  flavour: MysqlFlavour;
  profile: StoreProfile;
  dataDir: string;
  /** Its own: a server deletes what looks like left-over tables there, whoever they belong to. */
  tmpDir: string;
  port: number;
  initFile: string;
  pidFile: string;
  isRoot: boolean;
}

const sqlMode = [
  'ONLY_FULL_GROUP_BY',
  'STRICT_TRANS_TABLES',
  'NO_ZERO_IN_DATE',
  'NO_ZERO_DATE',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ENGINE_SUBSTITUTION',
].join(',');

/** The same behaviour from MariaDB and MySQL, whatever their own defaults are. */
const commonArgs = [
  '--skip-log-bin',
  '--skip-name-resolve',
  // No unix socket: its path would have to be short, and TCP on loopback is enough.
  '--socket=',
  '--bind-address=127.0.0.1',
  '--character-set-server=utf8mb4',
  '--collation-server=utf8mb4_unicode_ci',
  '--transaction-isolation=READ-COMMITTED',
  '--innodb-lock-wait-timeout=3',
  '--default-time-zone=+00:00',
  '--max-connections=300',
  `--sql-mode=${sqlMode}`,
];

const profileArgs: Record<StoreProfile, readonly string[]> = {
  durable: ['--innodb-flush-log-at-trx-commit=1', '--innodb-buffer-pool-size=256M'],
  throwaway: [
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-flush-method=nosync',
    '--innodb-doublewrite=0',
    '--innodb-buffer-pool-size=128M',
    '--loose-performance-schema=OFF',
  ],
};

/** Sizes that have to be the same when the data folder is made and when it is used. */
const throwawaySizeArgs = ['--innodb-log-file-size=16M'];

/**
 * The flags as a server is started with. `--no-defaults` keeps the configuration of a system-wide
 * server on the same machine out of ours.
 */
export function mysqlServerArgs(options: MysqlServerOptions): string[] {
  return [
    '--no-defaults',
    ...userArgs(options.isRoot),
    `--datadir=${options.dataDir}`,
    `--tmpdir=${options.tmpDir}`,
    `--port=${options.port}`,
    `--init-file=${options.initFile}`,
    `--pid-file=${options.pidFile}`,
    ...commonArgs,
    ...profileArgs[options.profile],
    ...(options.profile === 'throwaway' ? sizeArgs(options.flavour) : []),
    // MySQL opens a second protocol on a fixed port unless told not to.
    ...(options.flavour === 'mysql' ? ['--loose-mysqlx=OFF'] : []),
  ];
}

export interface MysqlInitOptions {
  flavour: MysqlFlavour;
  profile: StoreProfile;
  dataDir: string;
  /** Where the distribution is unpacked; MariaDB's script looks for its files below. */
  baseDir: string;
  isRoot: boolean;
}

/** The flags that make a new data folder: `mariadb-install-db` or `mysqld --initialize`. */
export function mysqlInitArgs(options: MysqlInitOptions): string[] {
  const where = `--datadir=${options.dataDir}`;
  const speed = options.profile === 'throwaway' ? ['--innodb-flush-method=nosync'] : [];
  if (options.flavour === 'mysql') {
    return ['--no-defaults', '--initialize-insecure', where, ...userArgs(options.isRoot), ...speed];
  }
  const size = options.profile === 'throwaway' ? throwawaySizeArgs : [];
  return [
    '--no-defaults',
    `--basedir=${options.baseDir}`,
    // No user, also as root: the script would hand the folder over, and trips over spaces then.
    where,
    '--skip-test-db',
    '--auth-root-authentication-method=socket',
    ...speed,
    ...size,
  ];
}

/** A server refuses to run as root unless it is told that this is meant. */
function userArgs(isRoot: boolean): string[] {
  return isRoot ? ['--user=root'] : [];
}

/** MySQL names the size of its log differently in every release; its default will do. */
function sizeArgs(flavour: MysqlFlavour): readonly string[] {
  return flavour === 'mariadb' ? throwawaySizeArgs : [];
}
