import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { prepareKeys } from '../../scripts/stack/key-files.ts';
import { assertionHeader, sealBytes, verifyAssertion } from '../../shared/assertion.ts';
import { type KeySet, loadAccessKeys, loadSecretKeys } from '../../shared/keys.ts';
import { eventually } from '../harness/eventually.ts';
import { freshNamespace } from '../harness/fresh-namespace.ts';
import { signAccessToken } from './forge.ts';

const mebibyte = 1_024 * 1_024;
const uploadBytes = 50 * mebibyte;
const growthMax = 20 * mebibyte;
const path = '/admin/concerts/1/schedules/1/seats/csv';
const piece = Buffer.alloc(64 * 1_024, '1,150000,VIP\n');

interface Seen {
  bytes: number;
  /** Whether header and seal were right, for exactly these bytes. */
  isSealed: boolean;
  isWhole: boolean;
}

/** Stands where the core would: hashes what comes and keeps nothing but the seal. */
function createSlowCore(keys: KeySet) {
  const seen: Seen[] = [];
  const gate = { open: Promise.resolve() };
  const isRight = (incoming: IncomingMessage, header: string, sha256: string | undefined) => {
    const body = sha256 === undefined ? Buffer.alloc(0) : { sha256 };
    const target = incoming.url ?? '';
    try {
      verifyAssertion({ keys }, { audience: 'core-api', method: 'POST', target, body }, header);
      return true;
    } catch {
      return false;
    }
  };
  const server = createServer((incoming, response) => {
    const hash = createHash('sha256');
    let tail = Buffer.alloc(0);
    const note: Seen = { bytes: 0, isSealed: false, isWhole: false };
    if (incoming.method === 'POST') seen.push(note);
    const opened = isRight(incoming, String(incoming.headers[assertionHeader]), undefined);
    const read = async (): Promise<void> => {
      await gate.open;
      for await (const chunk of incoming) {
        const all = Buffer.concat([tail, chunk as Buffer]);
        const keep = Math.max(0, all.length - sealBytes);
        hash.update(all.subarray(0, keep));
        note.bytes += keep;
        tail = all.subarray(keep);
      }
      const seal = tail.toString('latin1').trimEnd();
      note.isSealed = opened && isRight(incoming, seal, hash.digest('base64url'));
      note.isWhole = true;
      response.writeHead(201, { 'content-type': 'application/json' }).end('{"created":1}');
    };
    read().catch(() => response.destroy());
  });
  return { server, seen, gate };
}

describe('an upload through the gateway', () => {
  const { redisUrl, namespace, clear } = freshNamespace();
  let keysDir: string;
  let core: ReturnType<typeof createSlowCore>;
  let child: ChildProcess;
  let port: number;
  let headers: Record<string, string>;

  before(async () => {
    keysDir = mkdtempSync(join(tmpdir(), 'keys-'));
    const keys = prepareKeys(keysDir, {});
    core = createSlowCore(loadSecretKeys(keys['ASSERTION_KEYS'] ?? ''));
    const { server }: { server: Server } = core;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    child = fork(join(import.meta.dirname, 'upload-child.ts'), {
      execArgv: ['--expose-gc', '--import', import.meta.resolve('tsx')],
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        LOG_LEVEL: 'silent',
        RATE_LIMITS: 'off',
        GATEWAY_PORT: '0',
        REDIS_URL: redisUrl,
        REDIS_NAMESPACE: namespace,
        CORE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        ...keys,
      },
    });
    ({ port } = ((await once(child, 'message')) as [{ port: number }])[0]);
    const { signing } = loadAccessKeys(keys['ACCESS_TOKEN_KEYS'] ?? '');
    const token = signAccessToken({ ...signing, userId: '1', role: 'ADMIN' });
    headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv' };
  });
  after(async () => {
    child.kill('SIGKILL');
    core.server.closeAllConnections();
    core.server.close();
    await clear();
    rmSync(keysDir, { recursive: true });
  });
  beforeEach(() => {
    core.seen.length = 0;
    core.gate.open = Promise.resolve();
  });

  /** Bytes that the gateway needs. */
  async function kept(): Promise<number> {
    child.send('kept');
    return ((await once(child, 'message')) as [{ kept: number }])[0].kept;
  }

  /** Sends so many bytes as fast as they are taken. */
  function upload(bytes: number, more: Record<string, string> = {}) {
    const state = { sent: 0 };
    const all = { ...headers, ...more };
    const call = request({ port, path, method: 'POST', headers: all, agent: false });
    const answer = new Promise<number>((resolve, reject) => {
      call.on('response', (got) => {
        got.resume();
        resolve(got.statusCode ?? 0);
      });
      call.on('error', reject);
    });
    const pump = (): void => {
      while (state.sent < bytes) {
        const next = piece.subarray(0, bytes - state.sent);
        state.sent += next.length;
        if (!call.write(next)) return void call.once('drain', pump);
      }
      call.end();
    };
    pump();
    return { state, call, answer };
  }

  for (const [name, more] of [
    ['of a told length', { 'content-length': String(uploadBytes) }],
    ['in chunks', {}],
  ] as const) {
    it(`of 50 MB ${name} streams at flat memory, and is sealed to the last byte`, async () => {
      for (let turn = 0; turn < 3; turn += 1) await upload(8 * mebibyte).answer;
      const before = await kept();
      let most = before;
      const sent = upload(uploadBytes, more);
      let status: number | undefined;
      void sent.answer.then((got) => (status = got));
      while (status === undefined) most = Math.max(most, await kept());
      expect(status).to.equal(201);
      expect(core.seen.at(-1)).to.deep.equal({ bytes: uploadBytes, isSealed: true, isWhole: true });
      expect(most - before, `from ${before} bytes`).to.be.lessThan(growthMax);
    });
  }

  it('waits for a core that does not read, and keeps nothing meanwhile', async () => {
    let openGate = (): void => undefined;
    core.gate.open = new Promise((resolve) => (openGate = resolve));
    const before = await kept();
    const sent = upload(uploadBytes);
    let last = -1;
    await eventually(
      () => {
        const stands = sent.state.sent > 0 && sent.state.sent === last;
        last = sent.state.sent;
        expect(stands).to.equal(true);
      },
      { intervalMs: 500, deadlineMs: 20_000 },
    );
    expect(core.seen.at(-1)).to.include({ bytes: 0, isWhole: false });
    expect((await kept()) - before).to.be.lessThan(growthMax);
    openGate();
    expect(await sent.answer).to.equal(201);
    expect(core.seen.at(-1)).to.deep.equal({ bytes: uploadBytes, isSealed: true, isWhole: true });
  });

  it('that is too long is refused, and never gets its seal', async () => {
    const long = 70 * mebibyte;
    expect(await upload(long, { 'content-length': String(long) }).answer).to.equal(400);
    expect(core.seen).to.deep.equal([]);
    const outcome = await upload(long).answer.catch(() => 'cut off');
    expect(outcome).to.be.oneOf([400, 'cut off']);
    expect(core.seen.filter(({ isWhole }) => isWhole)).to.deep.equal([]);
  });

  it('that is too long is told so while it is still being sent', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.pause();
    socket.on('error', () => undefined);
    const long = { ...headers, 'content-length': String(70 * mebibyte) };
    const lines = Object.entries(long).map(([name, value]) => `${name}: ${value}`);
    socket.write(`POST ${path} HTTP/1.1\r\nhost: localhost\r\n${lines.join('\r\n')}\r\n\r\n`);
    for (let at = 0; at < 10; at += 1) {
      await sleep(30);
      socket.write(piece);
    }
    let heard = '';
    for await (const chunk of socket.setEncoding('latin1')) heard += String(chunk);
    expect(heard).to.match(/^HTTP\/1.1 400 .*\r\nconnection: close\r\n.*invalid-request/is);
    expect(core.seen).to.deep.equal([]);
  });

  it('that is cut short never gets its seal', async () => {
    const socket = connect(port, '127.0.0.1');
    const head = [
      `POST ${path} HTTP/1.1`,
      'Host: localhost',
      `Authorization: ${headers['authorization']}`,
      'Content-Type: text/csv',
      'Content-Length: 1000000',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.write(piece);
    await eventually(() => expect(core.seen).to.have.length(1));
    socket.destroy();
    expect(await upload(1_000).answer).to.equal(201);
    expect(core.seen.map(({ isWhole }) => isWhole)).to.deep.equal([false, true]);
  });

  it('of another type, or by nobody, does not reach the core', async () => {
    expect(await upload(10, { 'content-type': 'application/json' }).answer).to.equal(400);
    expect(await upload(10, { authorization: 'Bearer x' }).answer).to.equal(401);
    expect(core.seen).to.deep.equal([]);
  });
});
