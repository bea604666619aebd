import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { identify, isStillRunning } from '../../scripts/stack/process-identity.ts';
import { endLeftOver, startServer } from '../../scripts/stack/server-process.ts';
import { eventually } from '../harness/eventually.ts';
import { tempDir, type TempDir } from './temp-dir.ts';

const rootDir = join(import.meta.dirname, '..', '..');

describe('a server as our child', () => {
  let dir: TempDir;
  let spec: Parameters<typeof startServer>[0];
  const children: ChildProcess[] = [];

  beforeEach(() => {
    dir = tempDir();
    spec = {
      name: 'Sleeper',
      command: 'sleep',
      args: ['60'],
      dir: dir.path,
      disposable: false,
    };
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    dir.remove();
  });

  function sleeper(): ChildProcess {
    const child = spawn('sleep', ['60']);
    children.push(child);
    return child;
  }

  it('ends when it is stopped, and says nothing about it', async () => {
    const messages: string[] = [];
    const server = await startServer({ ...spec, onUnexpectedExit: (line) => messages.push(line) });
    const running = identify(server.pid);
    await server.stop();
    expect(running).to.have.property('pid', server.pid);
    expect(identify(server.pid)).to.equal(undefined);
    expect(messages).to.deep.equal([]);
  });

  it('is reported when it ends by itself', async () => {
    const message = await new Promise<string>((resolve) => {
      void startServer({ ...spec, args: ['0'], onUnexpectedExit: resolve });
    });
    expect(message).to.match(/^Sleeper ended by itself \(exit code 0\); see .*server\.log$/);
  });

  it('is named when it cannot be started', async () => {
    const failure = await startServer({ ...spec, command: '/no/such' }).catch(String);
    expect(failure).to.include('Sleeper could not be started');
  });

  it('ends with us when we are killed without warning', async () => {
    const program = `
      import { startServer } from '${rootDir}/scripts/stack/server-process.ts';
      const server = await startServer(${JSON.stringify(spec)});
      console.log(server.pid);`;
    const owner = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', program],
      { cwd: rootDir },
    );
    children.push(owner);
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const known = identify(Number(line.toString()));
    if (known === undefined) throw new Error('the server did not start');
    owner.kill('SIGKILL');
    await eventually(() => expect(isStillRunning(known)).to.equal(false));
  });

  it('of a killed run is ended by the next one', async () => {
    const { pid } = sleeper();
    const known = identify(pid ?? 0);
    dir.write('process.json', JSON.stringify(known));
    expect(await endLeftOver(dir.path)).to.equal(true);
    expect(identify(pid ?? 0)).to.equal(undefined);
    expect(existsSync(join(dir.path, 'process.json'))).to.equal(false);
  });

  it('is not mistaken for another process that has its number now', async () => {
    const { pid } = sleeper();
    dir.write('process.json', JSON.stringify({ pid, startedAt: 'long ago' }));
    expect(await endLeftOver(dir.path)).to.equal(false);
    expect(identify(pid ?? 0)).to.have.property('pid', pid);
  });

  it('leaves no trouble behind when its process file is half written', async () => {
    dir.write('process.json', '{"pid": 1');
    expect(await endLeftOver(dir.path)).to.equal(false);
  });
});
