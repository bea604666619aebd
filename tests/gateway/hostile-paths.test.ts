import { expect } from 'chai';
import { type Edge, startEdge } from './edge.ts';
import { rawRequest, sendRaw } from './raw.ts';

/**
 * Requests as bytes, because every client library would tidy them up. `[name, bytes, status,
 * code]`; nothing of it may reach the core.
 */
type Case = [name: string, bytes: string, status: number, code: string];

const get = (target: string, headers: string[] = []): string =>
  rawRequest(`GET ${target} HTTP/1.1`, headers);

const targets: [string, string][] = [
  ['an encoded slash', '/concerts/1%2Fschedules'],
  ['an encoded slash in small letters', '/concerts/1%2fschedules'],
  ['an encoded backslash', '/concerts%5c1'],
  ['a backslash', '/concerts\\1'],
  ['NUL', '/concerts/1%00'],
  ['CR LF and a header', '/concerts/1%0d%0aX-User-Id:1'],
  ['a line feed', '/concerts/%0a1'],
  ['a tab', '/concerts/%09'],
  ['DEL', '/concerts/%7f'],
  ['a C1 control character', '/concerts/%c2%85'],
  ['an empty segment at the start', '//evil.example/concerts'],
  ['an empty segment within', '/concerts//1'],
  ['an empty segment at the end', '/concerts//'],
  ['path parameters', '/concerts;v=1/1'],
  ['encoded path parameters', '/concerts%3bv=1'],
  ['a dot segment', '/concerts/./1'],
  ['two dots', '/concerts/../internal/load'],
  ['two dots at the end', '/concerts/..'],
  ['encoded dots', '/concerts/%2e%2e/internal/load'],
  ['dots half encoded', '/concerts/.%2e/internal/load'],
  ['dots in capitals', '/concerts/%2E%2E/internal/load'],
  ['dots and an encoded slash', '/concerts/..%2finternal/load'],
  ['dots encoded twice', '/concerts/%252e%252e/internal/load'],
  ['a slash encoded twice', '/concerts%252f1'],
  ['a percent sign alone', '/concerts/%'],
  ['half an escape', '/concerts/%2'],
  ['an escape that is no hex', '/concerts/%zz'],
  ['broken UTF-8', '/concerts/%ff'],
  ['overlong UTF-8 for a dot', '/concerts/%c0%ae%c0%ae/internal'],
  ['an encoded question mark', '/concerts%3flimit=1'],
  ['an encoded number sign', '/concerts%23'],
  ['a number sign', '/concerts#x'],
  ['raw bytes above ASCII', '/concerts/\xe9'],
  ['a quotation mark', '/concerts/"1"'],
  ['angle brackets', '/concerts/<1>'],
  ['a pipe', '/concerts/1|2'],
  ['a curly brace', '/concerts/{1}'],
  ['a query with raw bytes above ASCII', '/concerts?limit=\xe9'],
  ['a query with a quotation mark', '/concerts?limit="1"'],
  ['a query with a broken escape', '/concerts?limit=%zz'],
  ['a target of 4 KB', `/concerts?cursor=${'1'.repeat(4_096)}`],
  ['absolute form', 'http://tickets.example/concerts'],
  ['absolute form of another host', 'http://127.0.0.1:3000/internal/load'],
  ['asterisk form', '*'],
  ['no slash', 'concerts'],
  ['user info', '@127.0.0.1:3000/internal/load'],
];

const unknownPaths = [
  '/internal',
  '/internal/load',
  '/internal/rooms',
  '/internal/rooms/1',
  '/internal/concerts/1/inventory',
  '/INTERNAL/load',
  '/concerts/',
  '/Concerts',
  '/CONCERTS',
  '/concerts/1/',
  '/concerts/1/schedules/',
  '/concerts/1/schedules/1/seats/1',
  '/concerts.json',
  '/concerts/1/reservations/1/extra',
  '/admin',
  '/.env',
  '/.git/config',
  '/metrics/../internal',
].filter((path) => !path.includes('..'));

const wrongMethods: [string, string][] = [
  ['POST', '/concerts'],
  ['DELETE', '/concerts'],
  ['PUT', '/points'],
  ['PATCH', '/points/charges'],
  ['GET', '/auth/login'],
  ['GET', '/points/charges'],
  ['OPTIONS', '/concerts'],
  ['POST', '/openapi.json'],
  ['POST', '/docs'],
  ['GET', '/concerts/1/payments'],
  ['TRACE', '/concerts'],
  ['PROPFIND', '/concerts'],
];

const badIds = ['abc', '0', '-1', '01', '1.0', '1e3', '+1', '9007199254740992', '9'.repeat(30)];

const heads: Case[] = [
  ['two Host headers', get('/concerts', ['Host: evil.example']), 400, 'invalid-request'],
  [
    'a Host with a path',
    'GET /concerts HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n',
    400,
    'invalid-request',
  ],
  ['no Host', 'GET /concerts HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'invalid-request'],
  [
    'Content-Length and Transfer-Encoding',
    rawRequest(
      'POST /auth/login HTTP/1.1',
      ['Content-Type: application/json', 'Content-Length: 4', 'Transfer-Encoding: chunked'],
      '0\r\n\r\nGET /internal/load HTTP/1.1\r\nHost: x\r\n\r\n',
    ),
    400,
    'invalid-request',
  ],
  [
    'two Content-Lengths',
    rawRequest('POST /auth/login HTTP/1.1', ['Content-Length: 2', 'Content-Length: 4'], '{}{}'),
    400,
    'invalid-request',
  ],
  [
    'an unknown Transfer-Encoding',
    rawRequest('POST /auth/login HTTP/1.1', ['Transfer-Encoding: xchunked'], '{}'),
    400,
    'invalid-request',
  ],
  [
    'a space before the colon',
    rawRequest('POST /auth/login HTTP/1.1', ['Transfer-Encoding : chunked'], '0\r\n\r\n'),
    400,
    'invalid-request',
  ],
  ['a header on two lines', get('/concerts', ['X-A: 1', ' 2']), 400, 'invalid-request'],
  [
    'bare line feeds',
    'GET /concerts HTTP/1.1\nHost: tickets.example\nConnection: close\n\n',
    400,
    'invalid-request',
  ],
  ['a NUL in a header', get('/concerts', ['X-A: \0']), 400, 'invalid-request'],
  [
    'two Authorization headers',
    get('/points', ['Authorization: Bearer a', 'Authorization: Bearer b']),
    400,
    'invalid-request',
  ],
  [
    'two queue tokens',
    get('/concerts/1/schedules', ['X-Queue-Token: a', 'X-Queue-Token: b']),
    400,
    'invalid-request',
  ],
  [
    'a compressed body',
    rawRequest('POST /auth/login HTTP/1.1', ['Content-Encoding: gzip', 'Content-Length: 2'], '{}'),
    400,
    'invalid-request',
  ],
  ['16 KB of headers', get('/concerts', [`X-A: ${'a'.repeat(20_000)}`]), 431, 'invalid-request'],
  ['HTTP/0.9', 'GET /concerts\r\n\r\n', 400, 'invalid-request'],
  [
    'no HTTP at all',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
    400,
    'invalid-request',
  ],
];

const cases: Case[] = [
  ...targets.map(([name, target]): Case => [name, get(target), 400, 'invalid-request']),
  ...unknownPaths.map((path): Case => [`unknown ${path}`, get(path), 404, 'not-found']),
  ...wrongMethods.map(([method, path]): Case => [
    `${method} ${path}`,
    rawRequest(`${method} ${path} HTTP/1.1`),
    405,
    'method-not-allowed',
  ]),
  ...badIds.map((id): Case => [`the id ${id}`, get(`/concerts/${id}`), 400, 'invalid-request']),
  ...heads,
];

describe('hostile paths and heads, as bytes', () => {
  let edge: Edge;
  before(async () => {
    edge = await startEdge();
  });
  after(() => edge.close());

  for (const [name, bytes, status, code] of cases) {
    it(`${status} for ${name}`, async () => {
      const answer = await sendRaw(edge.port, bytes);
      expect({ status: answer.status, code: answer.code }, answer.body).to.deep.equal({
        status,
        code,
      });
      expect(answer.headers['content-type']).to.equal('application/problem+json');
      expect(edge.core.requests, 'reached the core').to.deep.equal([]);
    });
  }

  it('lets a plain request through to the core after all that', async () => {
    const answer = await sendRaw(edge.port, get('/concerts?limit=5'));
    expect(answer.status, answer.body).to.equal(200);
    expect(edge.core.requests.map(({ method, url }) => ({ method, url }))).to.deep.equal([
      { method: 'GET', url: '/concerts?limit=5' },
    ]);
  });

  it('says in Allow what a known path takes', async () => {
    const answer = await sendRaw(edge.port, rawRequest('DELETE /points HTTP/1.1'));
    expect(answer.headers['allow']).to.equal('GET, HEAD');
  });
});
