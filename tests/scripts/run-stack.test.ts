import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { findStack } from '../../scripts/stack/find-stack.ts';
import { freePort } from '../../scripts/stack/free-port.ts';
import { identify } from '../../scripts/stack/process-identity.ts';
import { runStack, type RunStackOptions } from '../../scripts/stack/run-stack.ts';
import { eventually } from '../harness/eventually.ts';
import { testDatabaseUrl, testRedisUrl } from '../harness/test-stores.ts';
import { tempDir, type TempDir } from './temp-dir.ts';

/** A service that does nothing but be there, write down when it ends, and crash when told to. */
const service = (name: 'core' | 'gateway', port: string): string => `
  import { appendFileSync } from 'node:fs';
  import { createServer } from 'node:http';
  const journal = process.env.JOURNAL;
  console.log(JSON.stringify({ level: 30, msg: 'started' }));
  const server = createServer((request, response) => {
    if (request.url === '/crash') process.exit(3);
    response.end(String(process.pid));
  }).listen(Number(process.env.${port}), '127.0.0.1');
  process.on('SIGTERM', () => {
    appendFileSync(journal, '${name} ended\\n');
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
  process.on('SIGINT', () => appendFileSync(journal, '${name} got Ctrl-C\\n'));`;

describe('the stack of npm start', () => {
  let dir: TempDir;
  let options: RunStackOptions;
  let ended: string[];
  let stopping: AbortController;

  beforeEach(async () => {
    dir = tempDir();
    dir.write('core-api/main.ts', service('core', 'CORE_PORT'));
    dir.write('queue-gateway/main.ts', service('gateway', 'GATEWAY_PORT'));
    dir.write('package.json', '{"type":"module"}');
    ended = [];
    stopping = new AbortController();
    options = {
      rootDir: dir.path,
      dataDir: join(dir.path, 'data'),
      env: {
        PATH: process.env.PATH,
        DATA_DIR: join(dir.path, 'data'),
        DATABASE_URL: testDatabaseUrl(),
        REDIS_URL: testRedisUrl(),
        GATEWAY_PORT: String(await freePort()),
        CORE_PORT: '0',
        JOURNAL: join(dir.path, 'journal'),
      },
      fresh: false,
      log: () => undefined,
      signal: stopping.signal,
      prepareDatabase: async () => undefined,
      onUnexpectedExit: (message) => ended.push(message),
    };
  });
  afterEach(() => dir.remove());

  const journal = (): string => readFileSync(join(dir.path, 'journal'), 'utf8');

  it('is found while it runs, and stops the gateway before the core', async () => {
    const stack = await runStack(options);
    const found = findStack(options.env);
    await stack.stop();
    expect(found).to.include({ gatewayUrl: stack.gatewayUrl, coreUrl: stack.coreUrl });
    expect(stack.gatewayUrl).to.equal(`http://127.0.0.1:${options.env.GATEWAY_PORT}`);
    expect(journal()).to.equal('gateway ended\ncore ended\n');
    expect(findStack(options.env)).to.equal(undefined);
    expect(ended).to.deep.equal([]);
  });

  it('keeps what the services say in files of its data folder', async () => {
    const stack = await runStack(options);
    await stack.stop();
    const log = readFileSync(join(options.dataDir, 'logs', 'core.log'), 'utf8');
    expect(log).to.include('"msg":"started"');
  });

  it('reports a service that ends by itself', async () => {
    const stack = await runStack(options);
    await fetch(`${stack.coreUrl}/crash`).catch(() => undefined);
    await eventually(() => expect(ended).to.have.lengthOf(1));
    await stack.stop();
    expect(ended[0]).to.match(/^core ended by itself \(exit code 3\); see .*core\.log$/);
    expect(journal()).to.equal('gateway ended\n');
  });

  it('leaves nothing running when a part of it cannot start', async () => {
    let core: number | undefined;
    dir.write('queue-gateway/main.ts', 'process.exit(1);');
    options.onUnexpectedExit = () => stopping.abort();
    options.prepareDatabase = async () => undefined;
    const started = runStack(options).catch((error: Error) => error.name);
    const processFile = join(options.dataDir, 'services', 'core', 'process.json');
    await eventually(() => {
      core = (JSON.parse(readFileSync(processFile, 'utf8')) as { pid: number }).pid;
    });
    expect(await started).to.equal('AbortError');
    expect(identify(core ?? 0)).to.equal(undefined);
    expect(existsSync(join(options.dataDir, 'owner.json'))).to.equal(false);
  });

  it('names a variable that is wrong before any service is started', async () => {
    const env = { ...options.env, HOLD_SECONDS: 'soon' };
    const failure = await runStack({ ...options, env }).catch((error: Error) => error.message);
    expect(failure).to.include('HOLD_SECONDS');
    expect(existsSync(join(options.dataDir, 'services', 'core', 'process.json'))).to.equal(false);
  });

  it('runs beside another one with other ports and another data folder', async () => {
    const first = await runStack(options);
    const dataDir = join(dir.path, 'other');
    const env = { ...options.env, DATA_DIR: dataDir, GATEWAY_PORT: '0' };
    const second = await runStack({ ...options, dataDir, env });
    const pids = await Promise.all(
      [first, second].map(async ({ gatewayUrl }) => (await fetch(gatewayUrl)).text()),
    );
    await first.stop();
    await second.stop();
    expect(pids[0]).not.to.equal(pids[1]);
  });
});
