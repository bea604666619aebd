import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { prepareKeys } from '../../scripts/stack/key-files.ts';
import { loadSecretKeys } from '../../shared/keys.ts';
import { eventually } from '../harness/eventually.ts';
import { freshNamespace } from '../harness/fresh-namespace.ts';
import { type ServiceProcess, startServiceProcess } from '../harness/service-process.ts';
import { startSteadyLoad } from '../harness/steady-load.ts';
import { call } from './call.ts';
import { answerJson, type Recorder, startRecorder } from './recorder.ts';

const workers = 2;
const slow = { deadlineMs: 40_000 };

/** Processes of the gateway that listen, in the order they came. */
const listeners = ({ log }: ServiceProcess) => log.filter(({ msg }) => msg === 'listening');
const stopped = ({ log }: ServiceProcess) => log.filter(({ msg }) => msg === 'stopped');

/**
 * What becomes of a new connection. Node's cluster leaves one that comes in the moment the last
 * worker closes until the process ends, so no answer is waited for.
 */
async function knock(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const outcome = await new Promise<string>((resolve) => {
    socket.on('connect', () => resolve('connected'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
  });
  socket.destroy();
  return outcome;
}

describe('the processes of the gateway', () => {
  const { redisUrl, namespace, clear } = freshNamespace();
  let keysDir: string;
  let core: Recorder;
  let gateway: ServiceProcess;

  before(async () => {
    keysDir = mkdtempSync(join(tmpdir(), 'keys-'));
    core = await startRecorder(loadSecretKeys(prepareKeys(keysDir, {})['ASSERTION_KEYS'] ?? ''));
    core.answer = (_request, response) => answerJson(response, 200, { items: [] });
  });
  after(async () => {
    await core.close();
    await clear();
    rmSync(keysDir, { recursive: true });
  });

  const start = (env: Record<string, string> = {}) =>
    startServiceProcess('queue-gateway/main.ts', {
      REDIS_URL: redisUrl,
      REDIS_NAMESPACE: namespace,
      CORE_URL: core.url,
      GATEWAY_PORT: '0',
      RATE_LIMITS: 'off',
      ...prepareKeys(keysDir, {}),
      ...env,
    });

  describe('with several workers', () => {
    before(async () => {
      gateway = await start({ WEB_CONCURRENCY: String(workers), SHUTDOWN_SECONDS: '5' });
    });
    after(() => gateway.end());

    it('share one port, and say in the log who they are', () => {
      const found = listeners(gateway);
      expect(new Set(found.map(({ pid }) => pid)).size).to.equal(workers);
      expect(found.map(({ worker }) => worker).sort()).to.deep.equal([1, 2]);
      expect(new Set(found.map(({ url }) => url)).size).to.equal(1);
    });

    it('are replaced at SIGHUP under load without one failed request', async () => {
      const load = startSteadyLoad(gateway.url, 50, [
        { path: '/concerts', expected: 200 },
        { path: '/health/live', expected: 200 },
      ]);
      await eventually(() => expect(load.answered()).to.be.greaterThan(100));
      gateway.signal('SIGHUP');
      await eventually(() => expect(stopped(gateway)).to.have.length(workers), slow);
      const before = load.answered();
      await eventually(() => expect(load.answered()).to.be.greaterThan(before + 100));
      await load.stop();
      expect(load.failures).to.deep.equal([]);
      expect(listeners(gateway)).to.have.length(2 * workers);
    });

    it('come back when one is killed', async () => {
      const known = listeners(gateway);
      process.kill(known.at(-1)?.pid ?? 0, 'SIGKILL');
      await eventually(() => expect(listeners(gateway)).to.have.length(known.length + 1), slow);
      expect((await call(`${gateway.url}/health/live`)).status).to.equal(200);
    });

    it('take no request away from a caller when one is told to end', async () => {
      const known = listeners(gateway);
      const gone = stopped(gateway).length;
      const load = startSteadyLoad(gateway.url, 50, [{ path: '/concerts', expected: 200 }]);
      await eventually(() => expect(load.answered()).to.be.greaterThan(100));
      process.kill(known.at(-1)?.pid ?? 0, 'SIGTERM');
      await eventually(() => expect(stopped(gateway)).to.have.length(gone + 1), slow);
      await eventually(() => expect(listeners(gateway)).to.have.length(known.length + 1), slow);
      await load.stop();
      expect(load.failures).to.deep.equal([]);
    });
  });

  for (const count of [1, workers]) {
    it(`of ${count} finish what they have begun at SIGTERM, not ready and to the last`, async () => {
      gateway = await start({ WEB_CONCURRENCY: String(count), DRAIN_SECONDS: '3' });
      try {
        const held: (() => void)[] = [];
        core.answer = (_request, response) =>
          void held.push(() => answerJson(response, 200, { items: [] }));
        const calls = Array.from({ length: 50 }, () => call(`${gateway.url}/concerts`));
        await eventually(() => expect(held).to.have.length.at.least(50), slow);
        core.answer = (_request, response) => answerJson(response, 200, { items: [] });
        gateway.signal('SIGTERM');
        await eventually(async () => {
          const { status, headers } = await call(`${gateway.url}/health/ready`);
          expect({ status, connection: headers['connection'] }).to.deep.equal({
            status: 503,
            connection: 'close',
          });
        });
        await eventually(
          async () => expect(await knock(gateway.url)).to.equal('ECONNREFUSED'),
          slow,
        );
        for (const answer of held) answer();
        const statuses = (await Promise.all(calls)).map(({ status }) => status);
        expect(new Set(statuses)).to.deep.equal(new Set([200]));
        expect(await gateway.exited).to.equal(0);
      } finally {
        await gateway.end();
      }
    });
  }

  it('do not start on a configuration that is wrong, and say so once', async () => {
    const failed = start({ WEB_CONCURRENCY: '4', TRUSTED_PROXIES: 'nonsense' });
    const words = await failed.then(
      () => 'started',
      (error: unknown) => String(error),
    );
    expect(words.match(/TRUSTED_PROXIES/g)).to.have.length(1);
  });
});
