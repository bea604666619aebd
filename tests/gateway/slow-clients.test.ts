import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
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
