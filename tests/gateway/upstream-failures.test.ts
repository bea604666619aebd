import { connect } from 'node:net';
import { expect } from 'chai';
import { eventually } from '../harness/eventually.ts';
import { call } from './call.ts';
import { type Edge, startEdge } from './edge.ts';
import { rawRequest, sendRaw } from './raw.ts';
import { answerJson } from './recorder.ts';

describe('the forward path when the core fails', () => {
  let edge: Edge;
  let user: Record<string, string>;
  beforeEach(async () => {
    edge = await startEdge({ CORE_TIMEOUT_SECONDS: '1', CORE_CONNECTIONS: '4' });
    user = { authorization: `Bearer ${edge.accessToken('7')}` };
  });
  afterEach(() => edge.close());

  const charge = (headers: Record<string, string> = {}) =>
    call(`${edge.url}/points/charges`, {
      method: 'POST',
      headers: { ...user, ...headers },
      body: { amount: 1 },
    });

  it('answers 503 with Retry-After while the core cannot be reached, and works again after', async () => {
    const { port } = new URL(edge.core.url);
    edge.core.server.closeAllConnections();
    await new Promise((resolve) => edge.core.server.close(resolve));
    for (const answer of [await call(`${edge.url}/concerts`), await charge()]) {
      expect([answer.status, answer.json.code]).to.deep.equal([503, 'unavailable']);
      expect(answer.headers['retry-after']).to.match(/^[0-9]+$/);
    }
    expect((await call(`${edge.url}/health/ready`)).status).to.equal(503);
    expect((await call(`${edge.url}/health/live`)).status).to.equal(200);
    await new Promise<void>((resolve) =>
      edge.core.server.listen(Number(port), '127.0.0.1', resolve),
    );
    expect((await call(`${edge.url}/concerts`)).status).to.equal(200);
    expect((await call(`${edge.url}/health/ready`)).status).to.equal(200);
  });

  it('stops asking a core that is away, and asks once a second until it is back', async () => {
    const { port } = new URL(edge.core.url);
    edge.core.server.closeAllConnections();
    await new Promise((resolve) => edge.core.server.close(resolve));
    for (let i = 0; i < 5; i += 1)
      expect((await call(`${edge.url}/concerts`)).status).to.equal(503);
    await new Promise<void>((resolve) =>
      edge.core.server.listen(Number(port), '127.0.0.1', resolve),
    );
    const refused = await Promise.all(
      Array.from({ length: 50 }, () => call(`${edge.url}/concerts`)),
    );
    expect(refused.filter(({ status }) => status !== 503)).to.deep.equal([]);
    expect(edge.core.requests.length, 'left alone').to.equal(0);
    await eventually(async () => expect((await call(`${edge.url}/concerts`)).status).to.equal(200));
    const after = await Promise.all(Array.from({ length: 50 }, () => call(`${edge.url}/concerts`)));
    expect(after.filter(({ status }) => status !== 200)).to.deep.equal([]);
  });

  it('answers 504 when the core does not answer in time', async () => {
    edge.core.answer = () => undefined;
    const answer = await call(`${edge.url}/concerts`);
    expect([answer.status, answer.json.code]).to.deep.equal([504, 'gateway-timeout']);
  });

  it('answers 502 when the core breaks off before it answered', async () => {
    edge.core.answer = (_request, response) => response.socket?.destroy();
    const answer = await charge();
    expect([answer.status, answer.json.code]).to.deep.equal([502, 'bad-gateway']);
    expect(edge.core.requests.length, 'a POST without a key is sent once').to.equal(1);
  });

  it('answers 502 when the core answers something that is not HTTP', async () => {
    edge.core.answer = (_request, response) => response.socket?.end('hello\r\n\r\n');
    const answer = await call(`${edge.url}/concerts`);
    expect([answer.status, answer.json.code]).to.deep.equal([502, 'bad-gateway']);
  });

  it('repeats once after a reset: a GET and a POST with a key, the POST with a new assertion', async () => {
    let resets = 0;
    edge.core.answer = (_request, response) => {
      resets += 1;
      if (resets % 2 === 1) response.socket?.resetAndDestroy();
      else answerJson(response, 200, { ok: true });
    };
    expect((await call(`${edge.url}/concerts`)).status).to.equal(200);
    expect((await charge({ 'idempotency-key': 'k' })).status).to.equal(200);
    expect(edge.core.requests.length).to.equal(4);
    const assertions = edge.core.requests.map(({ headers }) => headers['x-internal-assertion']);
    expect(new Set(assertions.slice(2)).size, 'a POST is never signed twice alike').to.equal(2);
    expect(edge.core.requests.every(({ caller }) => caller !== undefined)).to.equal(true);
  });

  it('sends a call once whose key the core does not honour', async () => {
    edge.core.answer = (_request, response) => response.socket?.resetAndDestroy();
    const answer = await call(`${edge.url}/auth/register`, {
      method: 'POST',
      headers: { 'idempotency-key': 'k' },
      body: { userName: 'somebody', password: 'long enough' },
    });
    expect([answer.status, edge.core.requests.length]).to.deep.equal([502, 1]);
  });

  it('gives up after the second reset', async () => {
    edge.core.answer = (_request, response) => response.socket?.resetAndDestroy();
    expect((await call(`${edge.url}/concerts`)).status).to.equal(502);
    expect(edge.core.requests.length).to.equal(2);
  });

  it('cuts the caller off when half an answer is all there is, and the next answer is whole', async () => {
    edge.core.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"half":');
      setImmediate(() => response.socket?.resetAndDestroy());
    };
    const cut = await call(`${edge.url}/concerts`).then(
      ({ text }) => `whole: ${text}`,
      () => 'cut off',
    );
    expect(cut).to.equal('cut off');
    edge.core.answer = (_request, response) => answerJson(response, 200, { ok: true });
    for (let i = 0; i < 10; i += 1)
      expect((await call(`${edge.url}/concerts`)).text).to.equal('{"ok":true}');
  });

  it('cuts the caller off when the body stalls', async () => {
    edge.core.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"half":');
    };
    const answer = await sendRaw(edge.port, rawRequest('GET /concerts HTTP/1.1'));
    expect(answer.status).to.equal(200);
    expect(answer.body).to.equal('{"half":');
  });

  it('never lets one answer run into the next on a kept connection', async () => {
    // More bytes than the length said: what is over must not become the head of another answer.
    edge.core.answer = (_request, response) => {
      response.socket?.write(
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}' +
          'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<evil>',
      );
    };
    expect((await call(`${edge.url}/concerts`)).text).to.equal('{}');
    edge.core.answer = (_request, response) => answerJson(response, 200, { ok: true });
    for (let i = 0; i < 8; i += 1)
      expect((await call(`${edge.url}/concerts`)).text).to.equal('{"ok":true}');
  });

  it('gives nobody a socket to the core for ever who reads nothing', async () => {
    edge.core.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const piece = Buffer.alloc(1_024 * 1_024, 0x20);
      const pump = (): void => {
        while (!response.destroyed && response.write(piece));
        response.once('drain', pump);
      };
      pump();
    };
    const readers = Array.from({ length: 4 }, () => connect(edge.port, '127.0.0.1'));
    for (const reader of readers) {
      reader.on('error', () => undefined);
      reader.write(rawRequest('GET /concerts HTTP/1.1'));
    }
    await eventually(() => expect(edge.core.requests.length).to.equal(4));
    edge.core.answer = (_request, response) => answerJson(response, 200, { ok: true });
    expect((await call(`${edge.url}/concerts`)).status, 'the next one').to.equal(200);
    expect(edge.core.requests.some(({ aborted }) => aborted)).to.equal(true);
    for (const reader of readers) reader.destroy();
  });

  it('aborts a read whose caller has gone', async () => {
    edge.core.answer = () => undefined;
    const socket = connect(edge.port, '127.0.0.1');
    socket.write(rawRequest('GET /concerts HTTP/1.1'));
    await eventually(() => expect(edge.core.requests.length).to.equal(1));
    socket.destroy();
    await eventually(() => expect(edge.core.requests[0]?.aborted).to.equal(true), {
      deadlineMs: 800,
    });
  });

  it('lets a call that changes something run to its end when its caller has gone', async () => {
    let finish: (() => void) | undefined;
    edge.core.answer = (_request, response) => {
      finish = () => answerJson(response, 201, { point: 1, pointHistoryId: '1' });
    };
    const socket = connect(edge.port, '127.0.0.1');
    const body = '{"amount":1}';
    const authorization = `Authorization: ${user['authorization']}`;
    socket.write(
      rawRequest(
        'POST /points/charges HTTP/1.1',
        [authorization, 'Content-Type: application/json', `Content-Length: ${body.length}`],
        body,
      ),
    );
    await eventually(() => expect(finish).to.be.a('function'));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.destroy();
    await closed;
    // One full turn through the gateway, so that it has noticed.
    expect((await call(`${edge.url}/health/live`)).status).to.equal(200);
    finish?.();
    await eventually(() => expect(edge.core.requests.length).to.equal(1));
    expect((await call(`${edge.url}/health/live`)).status).to.equal(200);
    expect(edge.core.requests[0]?.aborted).to.equal(false);
  });

  it('keeps within its sockets and answers everybody', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => call(`${edge.url}/concerts`)),
    );
    expect(answers.filter(({ status }) => status !== 200)).to.deep.equal([]);
    expect(edge.core.sockets).to.be.at.most(4);
  });

  it('finishes what is under way when it is told to stop, and takes nothing new', async () => {
    let finish: (() => void) | undefined;
    edge.core.answer = (_request, response) => {
      finish = () => answerJson(response, 200, { ok: true });
    };
    const underWay = call(`${edge.url}/concerts`);
    await eventually(() => expect(finish).to.be.a('function'));
    const closed = edge.gateway.close();
    const refused = await call(`${edge.url}/health/live`).then(
      () => 'taken',
      () => 'refused',
    );
    expect(refused).to.equal('refused');
    finish?.();
    const answer = await underWay;
    expect(answer.status).to.equal(200);
    await closed;
  });
});
