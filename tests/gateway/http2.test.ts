import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import {
  type ClientHttp2Session,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { eventually } from '../harness/eventually.ts';
import { startGateways } from '../line/gateways.ts';
import { type Edge, startEdge } from './edge.ts';
import { madeResetFrames, pingFrame, preface, resetFrames, settingsFrame } from './frames.ts';
import { answerJson } from './recorder.ts';

/** Made for a hundred years: `openssl req -x509 -newkey ec …`, for localhost and 127.0.0.1. */
const certificates = join(import.meta.dirname, 'certificates');

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  code: string | undefined;
}

function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: Buffer | string) {
  return new Promise<Answer>((resolve, reject) => {
    const stream = session.request(headers, { endStream: body === undefined });
    let got: IncomingHttpHeaders = {};
    let text = '';
    stream.on('response', (all) => (got = all));
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      const status = Number(got[':status'] ?? 0);
      const code = /"code":"([a-z-]+)"/.exec(text)?.[1];
      resolve({ status, headers: got, text, code });
    });
    if (body !== undefined) stream.end(body);
  });
}

const failureOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    (answer) => `answered ${JSON.stringify(answer)}`,
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

describe('HTTP/2 over TLS', () => {
  let edge: Edge;
  let dir: string;
  let session: ClientHttp2Session;
  let insider: Record<string, string>;

  const use = (name: 'one' | 'two'): void => {
    copyFileSync(join(certificates, `${name}.pem`), join(dir, 'cert.pem'));
    copyFileSync(join(certificates, `${name}-key.pem`), join(dir, 'key.pem'));
  };
  const open = (): ClientHttp2Session => {
    const opened = connect(edge.url, { rejectUnauthorized: false });
    opened.on('error', () => undefined);
    return opened;
  };

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'certificate-'));
    use('one');
    edge = await startEdge({
      TLS_CERT_FILE: join(dir, 'cert.pem'),
      TLS_KEY_FILE: join(dir, 'key.pem'),
    });
    insider = {
      authorization: `Bearer ${edge.accessToken('7')}`,
      'x-queue-token': edge.activeToken('7', '3'),
    };
  });
  after(async () => {
    await edge.close();
    rmSync(dir, { recursive: true });
  });
  beforeEach(() => {
    session = open();
    edge.core.requests = [];
    edge.core.answer = (_request, response) => answerJson(response, 200, { ok: true });
  });
  afterEach(() => session.destroy());

  const tls = (options: object): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ port: edge.port, rejectUnauthorized: false, ...options });
      socket.once('secureConnect', () => resolve(socket));
      socket.once('error', reject);
    });
  const serialNow = async (): Promise<string> => {
    const socket = await tls({});
    const { serialNumber } = socket.getPeerCertificate() as PeerCertificate;
    socket.destroy();
    return serialNumber;
  };

  it('is spoken where the caller can, and HTTP/1.1 where it cannot', async () => {
    expect((await ask(session, { ':path': '/health/live' })).status).to.equal(200);
    const status = await new Promise((resolve, reject) => {
      const url = `${edge.url}/health/live`;
      get(url, { rejectUnauthorized: false }, (answer) => {
        answer.resume();
        resolve(`${answer.httpVersion} ${answer.statusCode}`);
      }).on('error', reject);
    });
    expect(status).to.equal('1.1 200');
  });

  it('asks for TLS 1.2 at least', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    expect(await failureOf(tls(old))).to.match(/VERSION|ALERT/i);
    const socket = await tls({ maxVersion: 'TLSv1.2' });
    expect(socket.getProtocol()).to.equal('TLSv1.2');
    socket.destroy();
  });

  it('carries the same headers as ever, and that this host is for TLS alone', async () => {
    const { headers } = await ask(session, { ':path': '/concerts', 'x-request-id': 'mine' });
    expect(headers).to.include({
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-request-id': 'mine',
    });
    for (const name of ['connection', 'keep-alive', 'transfer-encoding'])
      expect(headers).not.to.have.property(name);
  });

  it('forwards a call with its assertion, its body and nothing of HTTP/2', async () => {
    const body = '{"scheduleId":"1","quantity":1}';
    const headers = {
      ':method': 'POST',
      ':path': '/concerts/3/reservations',
      'content-type': 'application/json',
      'x-user-id': '1',
      ...insider,
    };
    edge.core.answer = (_request, response) => answerJson(response, 201, { reservations: [] });
    expect((await ask(session, headers, body)).status).to.equal(201);
    const [seen] = edge.core.requests;
    expect(seen?.body).to.equal(body);
    expect(seen?.caller).to.deep.equal({ userId: '7', role: 'USER', room: '3', entryId: '12' });
    const names = Object.keys(seen?.headers ?? {});
    expect(names.filter((name) => name.startsWith(':') || name.startsWith('x-user'))).to.deep.equal(
      [],
    );
  });

  it('streams a large answer with back-pressure, whole and in order', async () => {
    const large = Buffer.alloc(4_000_000, 'seat-map ');
    edge.core.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(large);
    };
    const { status, text } = await ask(session, { ':path': '/concerts' });
    expect(status).to.equal(200);
    expect(text).to.equal(large.toString());
  });

  it('aborts a read at the core when its stream is cancelled, and the others go on', async () => {
    let finish: (() => void) | undefined;
    edge.core.answer = (request, response) => {
      if (request.url === '/points') return void (finish = () => answerJson(response, 200, {}));
      return answerJson(response, 200, { items: [] });
    };
    const stream = session.request({ ':path': '/points', ...insider });
    stream.on('error', () => undefined);
    await eventually(() => expect(edge.core.requests).to.have.length(1));
    stream.close(constants.NGHTTP2_CANCEL);
    await eventually(() => expect(edge.core.requests[0]?.aborted).to.equal(true));
    finish?.();
    expect((await ask(session, { ':path': '/concerts' })).status).to.equal(200);
  });

  it('answers HEAD without a body', async () => {
    const { status, text } = await ask(session, { ':method': 'HEAD', ':path': '/concerts' });
    expect({ status, text }).to.deep.equal({ status: 200, text: '' });
  });

  const refused: [string, OutgoingHttpHeaders, number, string][] = [
    ['a tunnel', { ':method': 'CONNECT', ':authority': 'core:3000' }, 405, 'method-not-allowed'],
    ['TRACE', { ':method': 'TRACE', ':path': '/concerts' }, 405, 'method-not-allowed'],
    [
      'an authority and a host',
      { ':path': '/', host: 'a', ':authority': 'b' },
      400,
      'invalid-request',
    ],
    ['a star', { ':method': 'OPTIONS', ':path': '*' }, 400, 'invalid-request'],
    ['dot segments', { ':path': '/concerts/%2e%2e/internal' }, 400, 'invalid-request'],
    ['an inner path', { ':path': '/internal/rooms' }, 404, 'not-found'],
    ['an encoding', { ':path': '/concerts', 'content-encoding': 'gzip' }, 400, 'invalid-request'],
    [
      'a token that is none',
      { ':path': '/points', authorization: 'Bearer x' },
      401,
      'access-token-invalid',
    ],
    ['an expectation', { ':path': '/concerts', expect: 'tea' }, 400, 'invalid-request'],
  ];
  for (const [name, headers, status, code] of refused) {
    it(`refuses ${name}`, async () => {
      const answer = await ask(session, headers);
      expect({ status: answer.status, code: answer.code }).to.deep.equal({ status, code });
      expect(edge.core.requests).to.deep.equal([]);
    });
  }

  it('takes no more than a hundred streams at once, and no push', async () => {
    await ask(session, { ':path': '/health/live' });
    expect(session.remoteSettings).to.include({ maxConcurrentStreams: 100, enablePush: false });
  });

  const malformed: [string, OutgoingHttpHeaders][] = [
    ['an authority with a space', { ':path': '/', ':authority': 'a b' }],
    ['a path without its slash', { ':path': 'http://core/points' }],
  ];
  for (const [name, headers] of malformed) {
    it(`ends a stream with ${name}`, async () => {
      expect(await failureOf(ask(session, headers))).to.equal('ERR_HTTP2_STREAM_ERROR');
      expect(edge.core.requests).to.deep.equal([]);
    });
  }

  for (const [name, frame] of [
    ['rapid resets', resetFrames],
    ['resets that it makes us do (CVE-2025-8671)', madeResetFrames],
    ['a flood of pings', pingFrame],
    ['a flood of settings', () => settingsFrame()],
  ] as const) {
    it(`hangs up on ${name}, and everybody else is served`, async () => {
      const socket = await tls({ ALPNProtocols: ['h2'] });
      socket.on('error', () => undefined).pause();
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      let sent = 0;
      const pump = (): void => {
        while (!socket.destroyed && sent < 1_000_000) if (!socket.write(frame((sent += 1)))) return;
      };
      socket.on('drain', pump).write(preface);
      pump();
      await closed;
      expect(sent).to.be.lessThan(1_000_000);
      expect((await ask(session, { ':path': '/health/live' })).status).to.equal(200);
    });
  }

  it('takes up a renewed certificate without a restart, and keeps who is connected', async () => {
    await ask(session, { ':path': '/health/live' });
    const before = await serialNow();
    use('two');
    await eventually(async () => expect(await serialNow()).not.to.equal(before), {
      deadlineMs: 15_000,
    });
    expect((await ask(session, { ':path': '/health/live' })).status).to.equal(200);
  });
});

describe('the stream of a room over HTTP/2', () => {
  it('tells the room, and ends with a hint to come back when the gateway stops', async () => {
    const world = await startGateways({
      env: {
        TLS_CERT_FILE: join(certificates, 'one.pem'),
        TLS_KEY_FILE: join(certificates, 'one-key.pem'),
      },
    });
    const [gateway] = world.gateways;
    const room = world.core.addRoom();
    const session = connect(gateway?.url ?? '', { rejectUnauthorized: false });
    try {
      const stream = session.request({ ':path': `/queue/${room}/events` });
      let text = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      await eventually(() => expect(text).to.match(/event: room\nid: .+\ndata: {"concertId"/));
      const ended = new Promise((resolve) => stream.once('close', resolve));
      await gateway?.close();
      await ended;
      expect(text).to.match(/retry: \d+\nevent: reconnect\ndata:\n\n$/);
    } finally {
      session.destroy();
      await world.close();
    }
  });
});

describe('HTTP/2 when the gateway stops', () => {
  it('finishes every stream under way, and says before that others take the next', async () => {
    const edge = await startEdge({
      TLS_CERT_FILE: join(certificates, 'one.pem'),
      TLS_KEY_FILE: join(certificates, 'one-key.pem'),
    });
    try {
      const ca = readFileSync(join(certificates, 'one.pem'));
      const session = connect(`https://localhost:${edge.port}`, { ca });
      session.on('error', () => undefined);
      const held: (() => void)[] = [];
      edge.core.answer = (_request, response) =>
        void held.push(() => answerJson(response, 200, {}));
      const calls = Array.from({ length: 50 }, () => ask(session, { ':path': '/concerts' }));
      await eventually(() => expect(held).to.have.length(50));
      const goaway = new Promise((resolve) => session.once('goaway', resolve));
      const closed = edge.gateway.close();
      expect(await goaway).to.equal(constants.NGHTTP2_NO_ERROR);
      for (const answer of held) answer();
      const statuses = (await Promise.all(calls)).map(({ status }) => status);
      expect(new Set(statuses)).to.deep.equal(new Set([200]));
      await closed;
    } finally {
      await edge.close();
    }
  });
});
