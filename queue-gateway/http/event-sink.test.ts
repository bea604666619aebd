import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { eventually } from '../../tests/harness/eventually.ts';
import { type EventSink, openSink, toPiece } from './event-sink.ts';

interface Opened {
  sink: EventSink;
  drained: number;
  closed: number;
}

describe('an event stream', () => {
  let server: Server;
  let opened: Opened[];
  let port: number;

  beforeEach(async () => {
    opened = [];
    server = createServer((_, outgoing) => {
      const headers = { 'content-type': 'text/event-stream' };
      const one: Opened = {
        drained: 0,
        closed: 0,
        sink: openSink(outgoing, headers, {
          onDrain: () => (one.drained += 1),
          onClose: () => (one.closed += 1),
        }),
      };
      opened.push(one);
      one.sink.write(toPiece('first\n\n'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => {
    for (const { sink } of opened) sink.destroy();
    server.closeAllConnections();
    server.close();
  });

  const held = (): Promise<number> =>
    new Promise((resolve, reject) =>
      server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  const moved = (streams = 1): Promise<unknown> =>
    eventually(async () => {
      expect(opened).to.have.length(streams);
      expect(await held()).to.equal(0);
    });

  async function listen(): Promise<{ answer: IncomingMessage; text: () => string }> {
    const request = get({ port, agent: false });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    return { answer, text: () => text };
  }

  it('leaves the server and goes on as one answer, to its end', async () => {
    const { answer, text } = await listen();
    await moved();
    const ended = once(answer, 'end');
    opened[0]?.sink.write(toPiece('second, of 두 languages\n\n'));
    opened[0]?.sink.end(toPiece('last\n\n'));
    await ended;
    expect(text()).to.equal('first\n\nsecond, of 두 languages\n\nlast\n\n');
    expect(answer.complete, JSON.stringify(answer.headers)).to.equal(true);
    await eventually(() => expect(opened[0]?.closed).to.equal(1));
  });

  it('keeps what is written before it has left in order', async () => {
    const { text } = await listen();
    for (let at = 0; at < 3; at += 1) opened[0]?.sink.write(toPiece(`${at}\n\n`));
    await moved();
    opened[0]?.sink.write(toPiece('3\n\n'));
    await eventually(() => expect(text()).to.equal('first\n\n0\n\n1\n\n2\n\n3\n\n'));
  });

  it('speaks to HTTP/1.0 without chunks', async () => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
    await moved();
    opened[0]?.sink.end(toPiece('last\n\n'));
    await once(socket, 'end');
    expect(text).to.match(/\r\n\r\nfirst\n\nlast\n\n$/);
    expect(text).not.to.match(/transfer-encoding/i);
  });

  it('says when its reader does not keep up, and when it does again', async () => {
    const { answer } = await listen();
    await moved();
    answer.pause();
    const [one] = opened;
    const large = toPiece('x'.repeat(1_000_000));
    for (let at = 0; at < 64 && one?.sink.write(large); at += 1);
    expect(one?.sink.write(large)).to.equal(false);
    answer.resume();
    await eventually(() => expect(one?.drained).to.equal(1));
  });

  it('notices that its reader has gone, also one that went at once', async () => {
    const gone: Socket = connect(port, '127.0.0.1', () =>
      gone.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n', () => gone.resetAndDestroy()),
    );
    const { answer } = await listen();
    await moved(2);
    answer.destroy();
    await eventually(() => expect(opened.map(({ closed }) => closed)).to.deep.equal([1, 1]));
  });
});
