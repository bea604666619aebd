import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { expect } from 'chai';
import { eventually } from '../harness/eventually.ts';
import { type Edge, startEdge } from './edge.ts';
import { bodyRows } from './hostile/body-rows.ts';
import { headRows } from './hostile/head-rows.ts';
import { pathRows } from './hostile/path-rows.ts';
import { get, type Row } from './hostile/row.ts';
import { tokenRows } from './hostile/token-rows.ts';
import { rawRequest, sendRaw } from './raw.ts';
import { answerJson } from './recorder.ts';

const groups: Record<string, Row[]> = {
  'hostile paths': pathRows,
  'hostile heads': headRows,
  'hostile bodies': bodyRows,
  'forged and misplaced tokens': tokenRows,
};

describe('hostile requests, as bytes', () => {
  let edge: Edge;
  before(async () => {
    edge = await startEdge();
  });
  after(() => edge.close());
  beforeEach(() => {
    edge.core.requests = [];
  });

  for (const [group, rows] of Object.entries(groups))
    describe(group, () => {
      for (const { name, bytes, status, code } of rows)
        it(`${status} for ${name}`, async () => {
          const sent = typeof bytes === 'function' ? bytes(edge) : bytes;
          const answer = await sendRaw(edge.port, sent);
          expect({ status: answer.status, code: answer.code }, answer.body).to.deep.equal({
            status,
            code,
          });
          expect(answer.headers['content-type']).to.equal('application/problem+json');
          expect(edge.core.requests, 'reached the core').to.deep.equal([]);
        });
    });

  it('are many, and each has a name of its own', () => {
    const names = Object.values(groups).flatMap((rows) => rows.map(({ name }) => name));
    const twice = names.filter((name, at) => names.indexOf(name) !== at);
    expect(twice).to.deep.equal([]);
    expect(names.length).to.be.at.least(150);
  });

  it('leave a plain request free to go to the core', async () => {
    const answer = await sendRaw(edge.port, get('/concerts?limit=5'));
    expect(answer.status, answer.body).to.equal(200);
    expect(edge.core.requests.map(({ method, url }) => ({ method, url }))).to.deep.equal([
      { method: 'GET', url: '/concerts?limit=5' },
    ]);
  });

  it('are told in Allow what a known path takes', async () => {
    const answer = await sendRaw(edge.port, rawRequest('DELETE /points HTTP/1.1'));
    expect(answer.headers['allow']).to.equal('GET, HEAD');
  });

  describe('requests behind requests', () => {
    const seen = () => edge.core.requests.map(({ method, url }) => `${method} ${url}`);
    const inner = 'GET /internal/load HTTP/1.1\r\nHost: x\r\n\r\n';
    const statusesOf = async (bytes: string): Promise<string[]> => {
      const { status, body } = await sendRaw(edge.port, bytes);
      return [
        String(status),
        ...[...body.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, code]) => code ?? ''),
      ];
    };
    const kept = (line: string, headers: string[], body: string) =>
      [line, 'Host: tickets.example', ...headers, '', body].join('\r\n');

    it('stay a body when they are one', async () => {
      const headers = [`Content-Length: ${inner.length}`];
      expect(await statusesOf(rawRequest('GET /concerts HTTP/1.1', headers, inner))).to.deep.equal([
        '200',
      ]);
      expect(seen()).to.deep.equal(['GET /concerts']);
    });

    it('stay a body in chunks', async () => {
      const body = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
      const headers = ['Transfer-Encoding: chunked'];
      expect(await statusesOf(rawRequest('GET /concerts HTTP/1.1', headers, body))).to.deep.equal([
        '200',
      ]);
      expect(seen()).to.deep.equal(['GET /concerts']);
    });

    it('are requests of their own when they stand alone, each with its own refusal', async () => {
      const first = kept('GET /concerts HTTP/1.1', [], '');
      const last = rawRequest('GET /concerts/x HTTP/1.1');
      expect(await statusesOf(`${first}${inner}${last}`)).to.deep.equal(['200', '404', '400']);
      expect(seen()).to.deep.equal(['GET /concerts']);
    });

    it('end the connection when the one before was no request', async () => {
      const first = kept(
        'GET /concerts HTTP/1.1',
        ['Content-Length: 1', 'Transfer-Encoding: chunked'],
        '',
      );
      expect(await statusesOf(`${first}0\r\n\r\n${inner}`)).to.deep.equal(['400']);
      const path = kept('GET /concerts/../internal HTTP/1.1', [], '');
      expect(await statusesOf(`${path}${get('/concerts')}`)).to.deep.equal(['400']);
      expect(seen()).to.deep.equal([]);
    });
  });

  it('behind each other in thousands take no call away from others', async () => {
    const held: ServerResponse[] = [];
    edge.core.answer = (_request, response) => void held.push(response);
    const flood = connect(edge.port, '127.0.0.1');
    flood.on('error', () => undefined);
    const hungUp = new Promise((resolve) => flood.once('close', resolve));
    flood.write('GET /concerts HTTP/1.1\r\nHost: tickets.example\r\n\r\n'.repeat(5_000));
    await hungUp;
    edge.core.answer = (_request, response) => answerJson(response, 200, { ok: true });
    expect((await sendRaw(edge.port, get('/concerts'))).status).to.equal(200);
    expect(edge.core.requests.length, 'of the flood, and the one after').to.equal(2);
    for (const response of held) answerJson(response, 200, { ok: true });
  });

  it('are begun one after the other, each when the one before is answered', async () => {
    const held: ServerResponse[] = [];
    edge.core.answer = (_request, response) => void held.push(response);
    const first = 'GET /concerts HTTP/1.1\r\nHost: tickets.example\r\n\r\n';
    const body = '{"amount":1}';
    const charge = [
      'POST /points/charges HTTP/1.1',
      'Host: tickets.example',
      `Authorization: Bearer ${edge.accessToken('7')}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
    const whole = sendRaw(edge.port, first + charge + get('/concerts/2'));
    for (const seen of [1, 2, 3]) {
      await eventually(() => expect(held.length).to.equal(seen));
      expect((await sendRaw(edge.port, get('/health/live'))).status, 'a turn of the loop').to.equal(
        200,
      );
      expect(held.length).to.equal(seen);
      const last = held.at(-1);
      if (last) answerJson(last, 200, { ok: seen });
    }
    const { body: answers } = await whole;
    expect([...answers.matchAll(/"ok":(\d)/g)].map(([, seen]) => seen)).to.deep.equal([
      '1',
      '2',
      '3',
    ]);
    expect(edge.core.requests.map(({ body: sent }) => sent)).to.deep.equal(['', body, '']);
    edge.core.answer = (_request, response) => answerJson(response, 200, { ok: true });
  });

  it('in trailers stay there', async () => {
    const headers = [
      `Authorization: Bearer ${edge.accessToken('7')}`,
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    ];
    const trailers = 'X-User-Id: 8\r\nIdempotency-Key: a\r\nX-Internal-Assertion: b\r\n';
    const body = `c\r\n{"amount":1}\r\n0\r\n${trailers}\r\n`;
    const charge = rawRequest('POST /points/charges HTTP/1.1', headers, body);
    expect((await sendRaw(edge.port, charge)).status).to.equal(200);
    const [seen] = edge.core.requests;
    expect(seen?.caller?.userId).to.equal('7');
    expect(seen?.headers).to.not.have.any.keys('x-user-id', 'idempotency-key', 'trailer');
    expect(seen?.body).to.equal('{"amount":1}');
  });

  it('that are given up half way never reach the core', async () => {
    const body = '{"userName":"fan","password":"long enough"}';
    const whole = rawRequest(
      'POST /auth/register HTTP/1.1',
      ['Content-Type: application/json', `Content-Length: ${body.length}`],
      body,
    );
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => {
        const socket = connect(edge.port, '127.0.0.1');
        socket.on('error', () => undefined);
        const part = Math.floor(((whole.length - 1) * i) / 200);
        socket.write(whole.slice(0, part), () =>
          i % 2 ? socket.resetAndDestroy() : socket.destroy(),
        );
        return new Promise((resolve) => socket.once('close', resolve));
      }),
    );
    expect((await sendRaw(edge.port, get('/health/live'))).status).to.equal(200);
    expect(edge.core.requests).to.deep.equal([]);
  });
});
