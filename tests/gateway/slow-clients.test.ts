import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { edgeResponseClass } from '../../queue-gateway/http/edge-response.ts';
import { eventually } from '../harness/eventually.ts';
import { call } from './call.ts';
import { type Edge, startEdge } from './edge.ts';

interface Held {
  socket: Socket;
  /** What the other side said until it hung up. */
  ended: Promise<string>;
}

function hold(port: number, bytes: string): Held {
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(Buffer.concat(chunks).toString()));
  });
  return { socket, ended };
}

describe('callers who never read their answer', () => {
  it('are hung up on, and who reads late gets all of it', async () => {
    const answer = Buffer.alloc(64 * 1_024 * 1_024);
    const ServerResponse = edgeResponseClass([], { unreadMaxMs: 300 });
    const server = createServer({ ServerResponse }, (_request, response) => response.end(answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const ask = (onData: (chunk: Buffer, socket: Socket) => void): Promise<number> => {
      const socket = connect(port, '127.0.0.1');
      let bytes = 0;
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        bytes += chunk.length;
        onData(chunk, socket);
      });
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      return new Promise((resolve) => socket.once('close', () => resolve(bytes)));
    };
    const closed = new Promise((resolve) => {
      server.once('connection', (socket: Socket) => socket.once('close', resolve));
    });
    let reader: Socket | undefined;
    const cut = ask((_chunk, socket) => (reader = socket.pause()));
    await closed;
    reader?.destroy();
    expect(await cut).to.be.lessThan(answer.length);
    const slowly = ask((_chunk, socket) => {
      socket.pause();
      setImmediate(() => socket.resume());
    });
    expect(await slowly).to.be.at.least(answer.length);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('slow clients', () => {
  let edge: Edge;
  afterEach(() => edge.close());

  it('are cut off with 408, five hundred at once, while others are served', async () => {
    edge = await startEdge();
    const head = 'GET /concerts HTTP/1.1\r\nHost: tickets.example\r\nX-A: ';
    const held = Array.from({ length: 500 }, () => hold(edge.port, head));
    for (let i = 0; i < 20; i += 1)
      expect((await call(`${edge.url}/concerts`)).status).to.equal(200);
    const answers = await Promise.all(held.map(({ ended }) => ended));
    const cut = answers.filter((text) => text.startsWith('HTTP/1.1 408 '));
    expect(cut.length).to.equal(500);
    expect(edge.core.requests.length, 'only the others reached the core').to.equal(20);
  }).timeout(30_000);

  const keptOpen: [string, string, number][] = [
    ['half a head', 'GET /concerts HTTP/1.1\r\nX-A: ', 408],
    ['a tunnel', 'CONNECT core:3000 HTTP/1.1\r\nHost: a\r\n\r\n', 405],
    ['what is no HTTP', 'hello\r\n\r\n', 400],
  ];
  for (const [name, bytes, status] of keptOpen)
    it(`that sent ${name} cannot keep their half of a refused connection`, async () => {
      edge = await startEdge();
      const socket = connect({ port: edge.port, host: '127.0.0.1', allowHalfOpen: true });
      let text = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
      socket.write(bytes);
      await new Promise((resolve) => socket.once('end', resolve));
      expect(text).to.match(new RegExp(`^HTTP/1.1 ${status} `));
      const gone = new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve));
      const dripping = setInterval(() => socket.write('x'), 50);
      expect((await gone).code).to.be.oneOf(['EPIPE', 'ECONNRESET']);
      clearInterval(dripping);
    }).timeout(15_000);

  it('with more connections than one address may have are hung up on', async () => {
    edge = await startEdge({ RATE_LIMITS: 'on', ADDRESS_CONNECTIONS_MAX: '10' });
    const held = Array.from({ length: 30 }, () => hold(edge.port, 'GET '));
    const gone: Held[] = [];
    for (const one of held) void one.ended.then(() => gone.push(one));
    await Promise.all(
      held.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))),
    );
    await Promise.any(held.map(({ ended }) => ended));
    const refused = await call(`${edge.url}/health/live`).then(
      ({ status }) => String(status),
      () => 'hung up',
    );
    expect(refused).to.equal('hung up');
    await eventually(() => expect(gone.length).to.equal(20));
    for (const { socket } of held) socket.destroy();
    await Promise.all(held.map(({ ended }) => ended));
  }).timeout(30_000);

  it('of a trusted proxy are not counted', async () => {
    edge = await startEdge({
      RATE_LIMITS: 'on',
      ADDRESS_CONNECTIONS_MAX: '10',
      TRUSTED_PROXIES: '127.0.0.1',
    });
    const held = Array.from({ length: 30 }, () => hold(edge.port, 'GET '));
    await Promise.all(
      held.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))),
    );
    expect((await call(`${edge.url}/health/live`)).status).to.equal(200);
    for (const { socket } of held) socket.destroy();
    await Promise.all(held.map(({ ended }) => ended));
  }).timeout(30_000);
});
