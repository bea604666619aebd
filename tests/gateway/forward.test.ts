import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { expect } from 'chai';
import { Problem } from '../../shared/problems.ts';
import { eventually } from '../harness/eventually.ts';
import { call } from './call.ts';
import { type Edge, startEdge } from './edge.ts';
import { rawRequest, sendRaw } from './raw.ts';
import { answerJson } from './recorder.ts';

const allowed = [
  'accept',
  'accept-language',
  'connection',
  'content-length',
  'content-type',
  'host',
  'idempotency-key',
  'if-none-match',
  'x-internal-assertion',
  'x-request-id',
];

describe('the forward path', () => {
  let edge: Edge;
  let insider: Record<string, string>;
  before(async () => {
    edge = await startEdge();
    insider = {
      authorization: `Bearer ${edge.accessToken('7')}`,
      'x-queue-token': edge.activeToken('7', '3'),
    };
  });
  after(() => edge.close());
  beforeEach(() => {
    edge.core.requests = [];
    edge.core.answer = (_request, response) => answerJson(response, 200, { ok: true });
    edge.line.checkLease = () => Promise.resolve();
  });

  const hold = (headers: Record<string, string> = {}) =>
    call(`${edge.url}/concerts/3/reservations`, {
      method: 'POST',
      headers: { ...insider, ...headers },
      body: { scheduleId: '1', quantity: 1 },
    });

  it('tells the core who called, in an assertion over method, target and body', async () => {
    await hold();
    await call(`${edge.url}/points`, { headers: insider });
    await call(`${edge.url}/concerts`);
    expect(edge.core.requests.map(({ caller }) => caller)).to.deep.equal([
      { userId: '7', role: 'USER', room: '3', entryId: '12' },
      { userId: '7', role: 'USER', room: null, entryId: null },
      { userId: null, role: null, room: null, entryId: null },
    ]);
    expect(edge.core.requests[0]?.body).to.equal('{"scheduleId":"1","quantity":1}');
  });

  it('passes only headers of the list, whatever is sent', async () => {
    const smuggled = [
      'X-Internal-Assertion: v1.forged',
      'X-Internal-User: 1',
      'X-User-Id: 1',
      'X_User_Id: 1',
      'X-Forwarded-For: 1.2.3.4',
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: https',
      'Forwarded: for=1.2.3.4;host=evil.example',
      'X-Real-IP: 1.2.3.4',
      'X-HTTP-Method-Override: DELETE',
      'X-Original-URL: /internal/load',
      'X-Rewrite-URL: /internal/load',
      'Via: 1.1 x',
      'TE: trailers',
      'Trailer: X-User-Id',
      'Keep-Alive: timeout=1000',
      'Proxy-Connection: keep-alive',
      'Proxy-Authorization: Basic YTpi',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      'Cookie: a=b',
      'Range: bytes=0-1',
      'User-Agent: x',
      'Authorization: Bearer not.looked.at',
      'X-Queue-Token: not-looked-at',
      'Accept: application/json',
      'Accept-Language: ko',
      'If-None-Match: "x"',
      'X-Request-Id: my-own-id',
    ];
    const answer = await sendRaw(edge.port, rawRequest('GET /concerts HTTP/1.1', smuggled));
    expect(answer.status, answer.body).to.equal(200);
    const [seen] = edge.core.requests;
    expect(
      Object.keys(seen?.headers ?? {}).filter((name) => !allowed.includes(name)),
    ).to.deep.equal([]);
    expect(seen?.headers).to.include({
      accept: 'application/json',
      'accept-language': 'ko',
      'if-none-match': '"x"',
      'x-request-id': 'my-own-id',
    });
    expect(seen?.caller, 'our own assertion').to.deep.equal({
      userId: null,
      role: null,
      room: null,
      entryId: null,
    });
    expect(seen?.headers.host).to.equal(new URL(edge.core.url).host);
  });

  it('does not let Connection take a header away', async () => {
    const bytes = [
      'GET /points HTTP/1.1',
      'Host: tickets.example',
      'Connection: close, authorization, x-request-id, x-internal-assertion, content-length',
      `Authorization: ${insider['authorization']}`,
      '',
      '',
    ].join('\r\n');
    const answer = await sendRaw(edge.port, bytes);
    expect(answer.status, answer.body).to.equal(200);
    expect(edge.core.requests[0]?.caller?.userId).to.equal('7');
  });

  it('leaves behind what Connection names, also of the list, and repeats no such POST', async () => {
    const named = (connection: string, line: string, body: string) =>
      [
        line,
        'Host: tickets.example',
        `Authorization: ${insider['authorization']}`,
        'Idempotency-Key: one-of-mine',
        'Accept-Language: ko',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        `Connection: ${connection}`,
        '',
        body,
      ].join('\r\n');
    const charge = 'POST /points/charges HTTP/1.1';
    const seen = () => edge.core.requests.map(({ headers }) => headers['idempotency-key']);
    await sendRaw(edge.port, named('Close', charge, '{"amount":1}'));
    await sendRaw(
      edge.port,
      named('close, IDEMPOTENCY-KEY ,accept-language', charge, '{"amount":1}'),
    );
    expect(seen()).to.deep.equal(['one-of-mine', undefined]);
    const languages = edge.core.requests.map(({ headers }) => headers['accept-language']);
    expect(languages).to.deep.equal(['ko', undefined]);
    edge.core.requests = [];
    edge.core.answer = (_request, response) => response.destroy();
    await sendRaw(edge.port, named('close, idempotency-key', charge, '{"amount":1}'));
    expect(seen()).to.deep.equal([undefined]);
  });

  it('reads no body without an end that nobody asked for', async () => {
    const socket = connect(edge.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    socket.write('GET /concerts HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    let sent = 0;
    const pump = (): void => {
      while (!socket.destroyed && sent < 4_000 && socket.write(chunk)) sent += 1;
    };
    socket.on('drain', pump);
    pump();
    await closed;
    expect(sent, 'chunks of 64 KiB').to.be.lessThan(4_000);
    expect(answer).to.match(/^(HTTP\/1\.1 200 OK\r\n.*connection: close\r\n.*)?$/is);
  });

  it('passes only answer headers of the list', async () => {
    edge.core.answer = (_request, response) => {
      response.writeHead(201, {
        'content-type': 'application/json',
        etag: '"1"',
        location: '/concerts/1',
        'idempotency-replayed': 'true',
        'x-powered-by': 'Express',
        'set-cookie': 'a=b',
        server: 'x',
        'x-internal-thing': '1',
        'access-control-allow-origin': '*',
      });
      response.end('{}');
    };
    const answer = await hold({ 'idempotency-key': 'k' });
    expect(answer.headers).to.include({
      etag: '"1"',
      location: '/concerts/1',
      'idempotency-replayed': 'true',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(answer.headers).not.to.have.any.keys(
      'x-powered-by',
      'set-cookie',
      'server',
      'x-internal-thing',
      'access-control-allow-origin',
    );
    expect(edge.core.requests[0]?.headers['idempotency-key']).to.equal('k');
  });

  it('writes the query anew and refuses names and values that are not in the contract', async () => {
    await call(`${edge.url}/concerts?cursor=%35&limit=5`);
    expect(edge.core.requests[0]?.url).to.equal('/concerts?cursor=5&limit=5');
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=1&limit=2',
      'x=1',
      'limit=1%00',
      '__proto__=1',
    ]) {
      const answer = await call(`${edge.url}/concerts?${query}`);
      expect([answer.status, answer.json.code], query).to.deep.equal([400, 'invalid-request']);
    }
    expect(edge.core.requests.length).to.equal(1);
  });

  it('passes refusals of the core on as they are', async () => {
    edge.core.answer = ({ headers }, response) => {
      const problem = new Problem('seat-taken', { extra: { seatIds: ['4'] } });
      response.writeHead(409, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(problem.body(String(headers['x-request-id']))));
    };
    const answer = await hold({ 'x-request-id': 'abc' });
    expect(answer.status).to.equal(409);
    expect(answer.json).to.include({ code: 'seat-taken', requestId: 'abc' });
    expect(answer.headers['content-type']).to.equal('application/problem+json');
    expect(answer.headers['x-request-id']).to.equal('abc');
  });

  it('does not tell a caller that the core refused our own signature', async () => {
    edge.core.answer = (_request, response) =>
      answerJson(response, 401, new Problem('assertion-invalid').body('x'));
    const answer = await hold();
    expect([answer.status, answer.json.code]).to.deep.equal([502, 'bad-gateway']);
    edge.core.answer = (_request, response) =>
      answerJson(response, 401, new Problem('bad-credentials').body('x'));
    const login = await call(`${edge.url}/auth/login`, {
      method: 'POST',
      body: { userName: 'a', password: 'b' },
    });
    expect([login.status, login.json.code]).to.deep.equal([401, 'bad-credentials']);
  });

  it('makes a request id of its own when the given one could forge a log line', async () => {
    for (const given of ['a b', 'x'.repeat(65), '{"a":1}', 'ä']) {
      const answer = await sendRaw(
        edge.port,
        rawRequest('GET /concerts HTTP/1.1', [`X-Request-Id: ${given}`]),
      );
      expect(answer.headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/);
    }
    for (const { headers } of edge.core.requests)
      expect(headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/);
  });

  it('guards a URL it has seen like one it has not', async () => {
    const url = `${edge.url}/concerts/3/schedules?available=true`;
    const other = { ...insider, 'x-queue-token': edge.activeToken('7', '4') };
    const waiting = { 'x-queue-token': edge.waitingToken('7', '3') };
    const ask = async (round: string) => {
      edge.core.requests = [];
      const codes = [];
      for (const headers of [{}, other, waiting, { 'x-queue-token': 'junk' }])
        codes.push((await call(url, { headers })).json.code);
      expect(codes, round).to.deep.equal([
        'queue-token-required',
        'queue-token-wrong-room',
        'queue-token-not-active',
        'queue-token-invalid',
      ]);
      edge.line.endedReason = () => 'left';
      expect((await call(url, { headers: insider })).json, round).to.include({
        code: 'queue-token-ended',
        reason: 'left',
      });
      edge.line.endedReason = () => undefined;
      const twice = rawRequest('GET /concerts/3/schedules?available=true HTTP/1.1', [
        `X-Queue-Token: ${insider['x-queue-token']}`,
        'X-Queue-Token: x',
      ]);
      expect((await sendRaw(edge.port, twice)).status, round).to.equal(400);
      expect((await call(url, { method: 'POST', headers: insider })).status, round).to.equal(405);
      expect(edge.core.requests, round).to.deep.equal([]);
      for (const method of ['GET', 'HEAD'] as const)
        expect((await call(url, { method, headers: insider })).status, round).to.equal(200);
      expect(edge.core.requests.map(({ url: seen }) => seen)).to.deep.equal([
        '/concerts/3/schedules?available=true',
        '/concerts/3/schedules?available=true',
      ]);
      expect(edge.core.requests.map(({ caller }) => caller?.entryId)).to.deep.equal(['12', '12']);
    };
    await ask('first');
    await ask('second');
    edge.core.server.closeAllConnections();
    edge.core.answer = (_request, response) => response.socket?.resetAndDestroy();
    const broken = await call(url, { headers: insider });
    expect([broken.status, broken.json.code]).to.deep.equal([502, 'bad-gateway']);
  });

  it('answers HEAD like GET without the body', async () => {
    const answer = await call(`${edge.url}/concerts`, { method: 'HEAD' });
    expect([answer.status, answer.text]).to.deep.equal([200, '']);
    expect(answer.headers['content-type']).to.equal('application/json');
    expect(edge.core.requests[0]?.method).to.equal('GET');
    const local = await call(`${edge.url}/health/live`, { method: 'HEAD' });
    expect([local.status, local.text]).to.deep.equal([200, '']);
  });

  it('lets the bulk call have its own limit, byte for byte', async () => {
    const body = JSON.stringify({ seats: [], pad: 'x'.repeat(4_000_000) });
    edge.core.answer = (request, response) =>
      answerJson(response, 201, {
        sha: createHash('sha256').update(request.body).digest('hex'),
        signed: request.caller?.role,
      });
    const answer = await call(`${edge.url}/admin/concerts/1/schedules/1/seats`, {
      method: 'POST',
      headers: { authorization: `Bearer ${edge.accessToken('1', 'ADMIN')}` },
      body,
    });
    expect(answer.status, answer.text).to.equal(201);
    expect(answer.json).to.deep.equal({
      sha: createHash('sha256').update(body).digest('hex'),
      signed: 'ADMIN',
    });
  });

  it('stops what the lease refuses, before the core hears of it', async () => {
    edge.line.checkLease = () =>
      Promise.reject(new Problem('queue-token-ended', { extra: { reason: 'completed' } }));
    const answer = await hold();
    expect([answer.status, answer.json['reason']]).to.deep.equal([410, 'completed']);
    edge.line.checkLease = () => Promise.reject(new Problem('unavailable'));
    const away = await hold();
    expect([away.status, away.headers['retry-after']]).to.deep.equal([503, '1']);
    expect(edge.core.requests).to.deep.equal([]);
    const read = await call(`${edge.url}/concerts/3/schedules`, { headers: insider });
    expect(read.status, 'reads of the admitted go on').to.equal(200);
  });

  it('streams a large answer with back-pressure to a caller who reads slowly', async () => {
    const size = 64 * 1_024 * 1_024;
    let written = 0;
    edge.core.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': size });
      const piece = Buffer.alloc(64 * 1_024, 0x20);
      const pump = (): void => {
        while (written < size) {
          written += piece.length;
          if (!response.write(piece)) return void response.once('drain', pump);
        }
        response.end();
      };
      pump();
    };
    const socket = connect(edge.port, '127.0.0.1');
    socket.write(rawRequest('GET /concerts HTTP/1.1'));
    await new Promise((resolve) => socket.once('readable', resolve));
    // Nobody reads on: what the core could write is what fits into buffers on the way.
    let before = -1;
    await eventually(
      () => {
        const stands = before === written;
        before = written;
        expect(stands).to.equal(true);
      },
      { intervalMs: 100 },
    );
    expect(written).to.be.lessThan(size / 2);
    let received = 0;
    socket.on('data', (chunk: Buffer) => (received += chunk.length));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(received).to.be.greaterThan(size);
    expect(written).to.equal(size);
  });
});
