import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createEventParser, type ServerEvent } from './event-parser.ts';
import { listenToEvents } from './event-stream.ts';

/** What a parser finds when the bytes come in pieces of this size. */
function parse(text: string, pieceSize = text.length) {
  const events: ServerEvent[] = [];
  const heads: unknown[] = [];
  const parser = createEventParser({
    onHead: (head) => void heads.push(head),
    onEvent: (event) => void events.push(event),
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceSize)
    parser.push(bytes.subarray(at, at + pieceSize));
  return { events, heads, parser };
}

const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('createEventParser', () => {
  const first = 'retry: 2500\n\nevent: room\nid: a-1\ndata: {"message":"서울"}\n\n';
  const whole = head + chunk(first) + chunk(': ping\n\n') + chunk('data: one\ndata: two\n\n');

  for (const size of [1, 2, 7, 4_096]) {
    it(`reads chunks and events in pieces of ${size} bytes`, () => {
      const { events, parser, heads } = parse(whole, size);
      expect(events).to.deep.equal([
        { type: 'room', data: '{"message":"서울"}' },
        { type: 'message', data: 'one\ntwo' },
      ]);
      expect(heads).to.deep.equal([{ status: 200, retryAfterMs: undefined }]);
      expect([parser.lastEventId, parser.retryMs]).to.deep.equal(['a-1', 2_500]);
    });
  }

  it('takes no pause that is not a number, and says how long a refusal asks to wait', () => {
    const { heads, parser } = parse('HTTP/1.1 503 No\r\nRetry-After: 7\r\n\r\nretry: soon\n\n');
    expect(heads).to.deep.equal([{ status: 503, retryAfterMs: 7_000 }]);
    expect(parser.retryMs).to.equal(undefined);
  });
});

describe('listenToEvents', () => {
  let server: Server;
  /** What the server does with each stream in turn, and what it was told. */
  let answers: ((response: ServerResponse) => void)[] = [];
  let asked: (string | undefined)[] = [];
  let seen: string[] = [];
  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.headers['last-event-id'] as string | undefined);
      answers.shift()?.(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  function listen(streams: typeof answers, maxMs = 10_000) {
    [answers, asked, seen] = [streams, [], []];
    const deps = {
      gatewayUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      onOpen: () => void seen.push('open'),
      onEvent: () => void seen.push('event'),
      onReconnect: () => void seen.push('back'),
      onRefused: (status: number) => void seen.push(`refused ${status}`),
    };
    const until = (data: string): boolean => data === 'yours';
    return listenToEvents(deps, { path: '/', maxMs, until });
  }
  const says =
    (text: string, thenEnds = false) =>
    (response: ServerResponse): void => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (thenEnds) response.end(text);
      else response.write(text);
    };

  it('ends when its event has come', async () => {
    expect(await listen([says('id: 1\ndata: not yet\n\ndata: yours\n\n')])).to.equal('over');
    expect(seen).to.deep.equal(['open', 'event', 'event']);
  });

  it('comes back after what the server said, and says what it has', async () => {
    const end = await listen([
      says('retry: 1\nid: 41\ndata: x\n\n', true),
      says('event: reconnect\ndata:\n\n'),
      says('data: yours\n\n'),
    ]);
    expect(end).to.equal('over');
    expect(asked).to.deep.equal([undefined, '41', '41']);
    expect(seen.filter((what) => what === 'back')).to.have.length(2);
  });

  it('comes back when it is refused for now, and not when it is for good', async () => {
    const refuse = (status: number) => (response: ServerResponse) =>
      void response.writeHead(status, { 'retry-after': '0' }).end();
    expect(await listen([refuse(503), says('data: yours\n\n')])).to.equal('over');
    expect(await listen([refuse(404)])).to.equal('refused');
    expect(seen).to.deep.equal(['refused 404']);
    expect(await listen([refuse(204)])).to.equal('refused');
  });

  it('gives up when it has taken too long', async () => {
    expect(await listen([says('data: x\n\n')], 50)).to.equal('late');
  });
});
